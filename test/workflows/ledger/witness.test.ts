import { ed25519 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedJson } from '#test/vectors.ts'
import { openCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { cosign, cosignatureTime, cosignedMessage, parseCosignerVkey } from '#workflows/ledger/cosignature.ts'
import { leafHashOf } from '#workflows/ledger/merkle.ts'
import {
	addCheckpointBody,
	parseAddCheckpoint,
	parseTlogProof,
	tlogProof,
	verifyTlogProof,
} from '#workflows/ledger/proof-files.ts'
import { parseNote, parseVkey, signatureLine } from '#workflows/ledger/signed-note.ts'
import { parsePolicy, type Policy } from '#workflows/ledger/tlog-policy.ts'
import { judgeSubmission } from '#workflows/ledger/witness-submission.ts'
import { judgeCheckpoint } from '#workflows/ledger/witness-verdict.ts'
import { bytesToHex, hexToBytes, utf8ToBytes } from '#workflows/shared/bytes.ts'
import { consistencyProof, inclusionProof } from './literal-proofs.ts'
import { madeLog, madeWitness } from '#test/factories/log.ts'

type Vectors = {
	cosignatures: {
		signed_checkpoint: string
		log_vkey?: string
		cosigner_vkey: string
		test_only_seed: string
		timestamp: number
		signed_message: string
	}[]
	tlog_proofs: { proof: string; leaf: string; policy: string; want: string; why?: string }[]
	add_checkpoint_bodies: { body: string; old_checkpoint: string; vkey: string; want: string }[]
}

function policyOf(text: string): Policy {
	const { policy, refusal } = parsePolicy(text)
	if (policy === null) throw new Error(refusal.message)
	return policy
}

const vectors = sharedJson<Vectors>('ledger/tlog-vectors.json')
describe.skipIf(vectors === null)('published vectors', () => {
	const v = vectors as Vectors

	test('cosignatures are verified, and made byte for byte', () => {
		expect(v.cosignatures).toHaveLength(3)
		for (const vector of v.cosignatures) {
			const key = parseCosignerVkey(vector.cosigner_vkey)
			const note = parseNote(vector.signed_checkpoint)
			const line = note?.signatures.find(({ name }) => name === key?.name)
			if (key === null || note === null || line === undefined) throw new Error('A vector cannot be read.')
			expect(cosignatureTime(note.text, line.signature, key)).toBe(vector.timestamp)
			expect(cosignedMessage(note.text, vector.timestamp)).toEqual(utf8ToBytes(vector.signed_message))
			const secret = hexToBytes(vector.test_only_seed)
			const sign = (bytes: Uint8Array) => ed25519.sign(bytes, secret)
			expect(cosign(note.text, vector.timestamp, { ...key, sign })).toBe(signatureLine(line))
			// The line of the log itself is of another type, or of another key, and is no cosignature.
			expect(parseVkey(vector.cosigner_vkey)).toBeNull()
		}
	})

	test('proof files, with policies', () => {
		expect(v.tlog_proofs).toHaveLength(9)
		for (const { proof, leaf, policy, want, why } of v.tlog_proofs) {
			const { refusal } = verifyTlogProof(proof, leafHashOf(hexToBytes(leaf)), policyOf(policy))
			expect(refusal === null ? 'ok' : 'bad', why).toBe(want)
			const parsed = parseTlogProof(proof)
			if (parsed !== null) expect(tlogProof(parsed)).toBe(proof)
		}
	})

	test('bodies of add-checkpoint', () => {
		expect(v.add_checkpoint_bodies).toHaveLength(7)
		for (const { body, old_checkpoint, vkey, want } of v.add_checkpoint_bodies) {
			const key = parseVkey(vkey)
			const answer = judgeSubmission(body, {
				keysOf: () => (key === null ? [] : [key]),
				latestOf: () => openCheckpoint(old_checkpoint, vkey),
			})
			expect(answer.status, body).toBe(want === 'ok' ? 200 : 422)
			const parsed = parseAddCheckpoint(body)
			expect(parsed === null ? null : addCheckpointBody(parsed)).toBe(body)
		}
	})
})

const log = madeLog('agency.example/log')
const [w1, w2, w3] = [madeWitness('w1.example'), madeWitness('w2.example'), madeWitness('w3.example')]
const policy = policyOf(
	[
		`log ${log.vkey}`,
		`witness a ${w1.vkey}`,
		`witness b ${w2.vkey}`,
		`witness c ${w3.vkey}`,
		'group two 2 a b c',
		'quorum two\n',
	].join('\n'),
)

describe('a checkpoint', () => {
	const note = log.checkpoint(5)

	test('is log-signed or witnessed, which are two statements', () => {
		const alone = judgeCheckpoint(note, policy)
		expect(alone.verdict).toMatchObject({ head: { size: 5 }, witnessed: { isMet: false, by: [] } })
		const one = judgeCheckpoint(w1.cosign(note, 1000), policy)
		expect(one.verdict?.witnessed).toEqual({
			isMet: false,
			isAsked: true,
			by: [{ name: 'a', witness: 'w1.example', seconds: 1000 }],
		})
		const two = judgeCheckpoint(w3.cosign(w1.cosign(note)), policy)
		expect(two.verdict?.witnessed.isMet).toBe(true)
		expect(judgeCheckpoint(note, policyOf(`log ${log.vkey}\nquorum none\n`)).verdict?.witnessed).toEqual({
			isMet: true,
			isAsked: false,
			by: [],
		})
	})

	test('counts a witness once, and one that the policy does not know not at all', () => {
		const twice = w1.cosign(w1.cosign(note, 1000), 2000)
		expect(judgeCheckpoint(twice, policy).verdict?.witnessed).toMatchObject({ isMet: false })
		const strange = madeWitness('strange.example').cosign(w1.cosign(note))
		expect(judgeCheckpoint(strange, policy).verdict?.witnessed).toMatchObject({ isMet: false })
		// The same name with another key is somebody else.
		const other = madeWitness('other')
		const renamed = other.cosign(note).replace('\u2014 other ', '\u2014 w1.example ')
		expect(judgeCheckpoint(renamed, policy).verdict?.witnessed.by).toEqual([])
	})

	test.each<[string, string, string]>([
		['with a cosignature pasted from another size', pasted(w1.cosign(log.checkpoint(4))), 'bad_cosignature'],
		[
			'with a cosignature whose time was changed',
			w1.cosign(note).replace(/(w1\.example .{8})A/, '$1B'),
			'bad_cosignature',
		],
		['of another log', madeLog('other.example/log').checkpoint(5), 'unknown_log'],
		['that only witnesses signed', without(w1.cosign(w2.cosign(note)), 'agency'), 'not_signed_by_log'],
		['whose size was changed', note.replace('\n5\n', '\n6\n'), 'bad_log_signature'],
		['that is cut off', note.slice(0, -1), 'not_a_checkpoint'],
	])('%s is refused', (_, refused, refusal) => {
		expect(judgeCheckpoint(refused, policy)).toEqual({ verdict: null, refusal })
	})

	function pasted(from: string): string {
		return `${note}${from.split('\n').at(-2)}\n`
	}
	function without(text: string, name: string): string {
		return text
			.split('\n')
			.filter((line) => !line.startsWith(`\u2014 ${name}`))
			.join('\n')
	}
})

describe('a proof file', () => {
	const leaves = log.leaves(11)
	const checkpoint = w2.cosign(w1.cosign(log.checkpoint(11)))
	const file = (index: number, proofOf = index) =>
		tlogProof({ index, proof: inclusionProof(leaves, proofOf), checkpoint })
	const leaf = (index: number) => leaves[index] ?? new Uint8Array()

	test('verifies for every entry, and for no other', () => {
		for (let index = 0; index < 11; index++) {
			expect(verifyTlogProof(file(index), leaf(index), policy).refusal).toBeNull()
			expect(verifyTlogProof(file(index), leaf((index + 1) % 11), policy).refusal).toBe('not_included')
		}
		expect(verifyTlogProof(file(4, 5), leaf(4), policy).refusal).toBe('not_included')
	})

	test('with data beside it is read, and the data prove nothing', () => {
		const extra = utf8ToBytes('anything')
		const text = tlogProof({ index: 0, proof: inclusionProof(leaves, 0), checkpoint, extra })
		expect(parseTlogProof(text)?.extra).toEqual(extra)
		expect(verifyTlogProof(text, leaf(0), policy).refusal).toBeNull()
	})

	test('that too few witnesses signed is refused, and still said to be log-signed', () => {
		const text = tlogProof({
			index: 3,
			proof: inclusionProof(leaves, 3),
			checkpoint: w1.cosign(log.checkpoint(11)),
		})
		const { refusal, verdict } = verifyTlogProof(text, leaf(3), policy)
		expect(refusal).toBe('quorum_not_met')
		expect(verdict).toMatchObject({ head: { size: 11 }, witnessed: { isMet: false } })
	})

	test.each<[string, (text: string) => string]>([
		['another version', (text) => text.replace('@v1', '@v2')],
		['a leading zero', (text) => text.replace('index 3', 'index 03')],
		['no index', (text) => text.replace('index 3\n', '')],
		['extra data after the index', (text) => text.replace('index 3\n', 'index 3\nextra YQ==\n')],
		['an index beyond what can be counted', (text) => text.replace('index 3', 'index 9007199254740993')],
		['a lenient base64', (text) => text.replace(/=\n/, '\n')],
		['a carriage return', (text) => text.replaceAll('\n', '\r\n')],
	])('with %s is none', (_, change) => {
		expect(verifyTlogProof(change(file(3)), leaf(3), policy).refusal).toBe('not_a_proof')
	})

	test('changed anywhere is refused', () => {
		const text = file(6)
		fc.assert(
			fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 127 }), (at, flip) => {
				const code = text.charCodeAt(at)
				const changed = text.slice(0, at) + String.fromCharCode(code ^ flip) + text.slice(at + 1)
				// A line whose key nobody knows any more is ignored, which leaves fewer witnesses: refused all the same.
				expect(verifyTlogProof(changed, leaf(6), policy).refusal).not.toBeNull()
			}),
			{ numRuns: 500 },
		)
	})
})

describe('what a witness answers', () => {
	const fork = madeLog('agency.example/log', 'fork')
	const key = parseVkey(log.vkey)
	const answer = (body: string, latest: number | null) =>
		judgeSubmission(body, {
			keysOf: (origin) => (key !== null && origin === key.name ? [key] : []),
			latestOf: () => (latest === null ? null : log.head(latest)),
		})
	const body = (old: number, size: number, from = log) =>
		addCheckpointBody({
			old,
			proof: old === 0 || old === size ? [] : consistencyProof(from.leaves(size), old),
			checkpoint: from.checkpoint(size),
		})

	test.each<[string, string, number | null, object]>([
		['the first checkpoint', body(0, 7), null, { status: 200, head: log.head(7) }],
		['the empty tree', body(0, 0), null, { status: 200 }],
		['what comes after the empty tree', body(0, 7), 0, { status: 200 }],
		['growth', body(7, 12), 7, { status: 200 }],
		['the same again, for a fresh time', body(7, 7), 7, { status: 200 }],
		['a size that is behind', body(5, 12), 7, { status: 409, size: 7 }],
		['a size that is ahead', body(9, 12), 7, { status: 409, size: 7 }],
		['a size before anything was cosigned', body(5, 12), null, { status: 409, size: 0 }],
		['an old size beyond the checkpoint', body(0, 7).replace('old 0', 'old 8'), 8, { status: 400 }],
		['a fork of the same size', body(7, 7, fork), 7, { status: 422 }],
		['a fork that grew', body(7, 12, fork), 7, { status: 422 }],
		[
			'a proof from the empty tree',
			body(0, 7).replace('\n', `\n${'A'.repeat(43)}=\n`),
			null,
			{ status: 422 },
		],
		[
			'no proof',
			addCheckpointBody({ old: 7, proof: [], checkpoint: log.checkpoint(12) }),
			7,
			{ status: 422 },
		],
		['another log', body(0, 7, madeLog('other.example/log')), null, { status: 404 }],
		['a signature that does not hold', body(0, 7).replace('\n7\n', '\n8\n'), null, { status: 403 }],
		['a checkpoint that is cut off', body(0, 7).slice(0, -1), null, { status: 400 }],
		['a leading zero', body(7, 12).replace('old 7', 'old 07'), 7, { status: 400 }],
		['nothing', '', null, { status: 400 }],
		[
			'64 hashes',
			addCheckpointBody({
				old: 7,
				proof: Array.from({ length: 64 }, () => new Uint8Array(32)),
				checkpoint: log.checkpoint(12),
			}),
			7,
			{ status: 400 },
		],
	])('%s', (_, request, latest, expected) => {
		expect(answer(request, latest)).toMatchObject(expected)
	})

	test('a log that changes its key is known by both', () => {
		const keys = [parseVkey(madeLog('other').vkey), key].filter((known) => known !== null)
		const { status } = judgeSubmission(body(0, 3), { keysOf: () => keys, latestOf: () => null })
		expect(status).toBe(200)
	})
})

test('a key of a log is none of a witness, and has another id', () => {
	expect(parseCosignerVkey(log.vkey)).toBeNull()
	expect(parseVkey(w1.vkey)).toBeNull()
	expect(bytesToHex(parseCosignerVkey(w1.vkey)?.id ?? new Uint8Array())).toBe(w1.vkey.split('+')[1])
})
