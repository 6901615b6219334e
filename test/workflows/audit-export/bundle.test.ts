import { beforeAll, describe, expect, test } from 'vitest'
import { bundleOf, codesOf, verify, type BundleChanges } from '#test/factories/bundle.ts'
import {
	LogFixture,
	logSigner,
	tellRequest,
	type Person,
	type RequestChanges,
} from '#test/factories/told-log.ts'
import { madeWitness } from '#test/factories/log.ts'
import { signCheckpoint } from '#workflows/ledger/checkpoint.ts'
import { plusMs } from '#workflows/shared/instants.ts'

type Three = readonly [Person, Person, Person]
const VKEY = logSigner().vkey
const HOUR = 3_600_000

function team(log: LogFixture): Three {
	return [log.person('operator'), log.person('approver'), log.person('chief')]
}

/** A log with a request of each of two teams; `changes` are about the first. */
function told(changes: RequestChanges = {}): { log: LogFixture; people: Three; requests: string[] } {
	const log = new LogFixture()
	const people = team(log)
	const requests = [tellRequest(log, people, changes)]
	log.wait(HOUR)
	requests.push(tellRequest(log, team(log)))
	return { log, people, requests }
}

const refusedFor = async (log: LogFixture, changes: BundleChanges = {}) =>
	codesOf(await bundleOf(log, changes), { vkey: VKEY })
const uncheckedOf = async (log: LogFixture, changes: BundleChanges = {}) => {
	const report = await verify(await bundleOf(log, changes), { vkey: VKEY })
	expect(report.failures).toEqual([])
	return { verdict: report.verdict, codes: report.unchecked.map(({ code }) => code), report }
}

describe('a bundle that holds', () => {
	test('is verified, with every access covered and every verdict come to anew', async () => {
		const { log } = told()
		const report = await verify(await bundleOf(log), { vkey: VKEY })
		expect(report).toMatchObject({ verdict: 'verified', failures: [], unchecked: [] })
		expect(report.log).toMatchObject({ isSigned: true, isKeyPinned: true, rotations: 0 })
		expect(report.counts).toMatchObject({
			decisions: 4,
			signatures: 4,
			reevaluated: 6,
			selected: 14,
			proofs: 14,
		})
		expect(report.accesses.map(({ coverage, state }) => [coverage?.isCovered, state])).toEqual([
			[true, 'ended'],
			[true, 'ended'],
		])
		expect(report.accesses[0]?.person.name).toBe('operator 1')
	})

	test.each([1, 255, 256, 257, 600])('holds for a log of about %i more entries', async (count) => {
		const { log } = told()
		for (let i = 0; i < count; i++) log.add('amendment.withdrawn', { open: { amendmentId: log.newId() } })
		expect((await verify(await bundleOf(log), { vkey: VKEY })).verdict).toBe('verified')
	})

	test('is verified in part where the profile leaves facts sealed, and says so', async () => {
		const { verdict, codes } = await uncheckedOf(told().log, { profile: 'history' })
		expect(verdict).toBe('verified in part')
		expect(codes.sort()).toEqual(['COVERAGE_SEALED', 'PROFILE_SEALED'])
	})

	test('lists what was erased as erased, and what is merely missing as sealed', async () => {
		const { log } = told()
		const filed = log.entries.filter(({ leaf }) => leaf.kind === 'request.filed')
		const [first, second] = filed
		log.add('record.erased', {
			open: { erased: [{ entryId: first?.leaf.id ?? '', groups: ['request'] }] },
			sealed: { basis: { ground: 'request', reason: 'asked for' } },
		})
		const { verdict, report } = await uncheckedOf(log, {
			open: (_, entry) =>
				entry === first || entry === second
					? { eligibility: entry.openings.eligibility as never }
					: (entry.openings as never),
		})
		expect(verdict).toBe('verified in part')
		expect(report.unchecked.map(({ code, count }) => [code, count])).toEqual([
			['ERASED', 1],
			['SEALED', 1],
		])
	})

	test('shows a gap where a clearance ends while the access lasts', async () => {
		const log = new LogFixture()
		const [, approver, chief] = team(log)
		const until = plusMs(log.now, 70 * 60_000)
		const lapsing = log.person('operator', { until })
		tellRequest(log, [lapsing, approver, chief], { minutes: 90 })
		const { report } = await uncheckedOf(log)
		expect(report.accesses[0]?.coverage?.gaps).toMatchObject([
			{ from: until, denials: [{ code: 'CLEARANCE' }] },
		])
	})

	test('contains the checkpoint that was kept, and is refused by one of a fork', async () => {
		const { log } = told()
		const kept = log.checkpoint(logSigner(), 11).note
		const bytes = await bundleOf(log)
		expect(await verify(bytes, { vkey: VKEY, since: kept })).toMatchObject({
			verdict: 'verified',
			since: { size: 11, isContained: true },
		})
		const fork = told().log.checkpoint(logSigner(), 11).note
		const refused = await verify(bytes, { vkey: VKEY, since: fork })
		expect(refused.failures.map(({ code }) => code)).toEqual(['FORK'])
		expect(refused.since).toEqual({ size: 11, isContained: false })
		const beyond = log.checkpoint()
		log.add('amendment.withdrawn', { open: { amendmentId: log.newId() } })
		expect(await codesOf(bytes, { since: log.checkpoint().note })).toEqual(['SIZE'])
		expect(await codesOf(bytes, { since: beyond.note })).toEqual([])
		expect(await codesOf(bytes, { since: 'nonsense' })).toEqual(['SINCE'])
		const foreign = log.checkpoint(logSigner(7), 11).note
		expect(await codesOf(bytes, { since: foreign })).toEqual(['SINCE_SIGNATURE'])
	})

	test('leaves nothing out of a period, of people, of roles', async () => {
		const { log, people, requests } = told()
		const about =
			(id: string | undefined) =>
			(_: number, { leaf }: { leaf: { open: object } }) =>
				(leaf.open as { requestId?: string }).requestId === id
		const [second] = log.entries.filter(({ leaf }) => leaf.kind === 'request.filed').slice(1)
		const filters: [BundleChanges['filter'], string | undefined][] = [
			[{ people: [people[0].id] }, requests[0]],
			[{ until: second?.leaf.time ?? '' }, requests[0]],
			[{ from: second?.leaf.time ?? '' }, requests[1]],
		]
		for (const [filter, id] of filters) {
			expect(await refusedFor(log, { filter, isSelected: about(id) })).toEqual([])
			const other = requests.find((known) => known !== id)
			expect((await refusedFor(log, { filter, isSelected: about(other) })).sort()).toEqual([
				'LEFT_OUT',
				'NOT_ASKED_FOR',
			])
			expect(await refusedFor(log, { filter })).toEqual(['NOT_ASKED_FOR'])
		}
		expect(await refusedFor(log, { isSelected: about(requests[0]) })).toEqual(['LEFT_OUT'])
		const facility = { filter: { facilities: ['hall'] }, isSelected: about(requests[0]) }
		expect((await uncheckedOf(log, facility)).codes).toEqual(['FACILITY_FILTER'])
	})
})

describe('a decision is refused when', () => {
	test.each<[string, RequestChanges, string]>([
		['it signs something else', { ceremony: { challenge: new Uint8Array(32) } }, 'ASSERTION_CHALLENGE'],
		[
			'the ceremony was at another site',
			{ ceremony: { client: { origin: 'https://x.example' } } },
			'ASSERTION_ORIGIN',
		],
		[
			'the ceremony was inside of another site',
			{ ceremony: { client: { crossOrigin: true } } },
			'ASSERTION_CROSS_ORIGIN',
		],
		['it was signed for another site', { ceremony: { rpId: 'x.example' } }, 'ASSERTION_RP_ID'],
		['nobody was present', { ceremony: { flags: 0x04 } }, 'ASSERTION_USER_PRESENCE'],
		['its user was not verified', { ceremony: { flags: 0x01 } }, 'ASSERTION_USER_VERIFICATION'],
		['the passkey contradicts itself', { ceremony: { flags: 0x15 } }, 'ASSERTION_BACKUP_FLAGS'],
		[
			'the passkey has become one that can be copied',
			{ ceremony: { flags: 0x0d } },
			'ASSERTION_BACKUP_FLAGS',
		],
		['it was an enrolment', { ceremony: { type: 'webauthn.create' } }, 'ASSERTION_TYPE'],
		['another passkey answered', { ceremony: { credentialId: 'AAAA' } }, 'CREDENTIAL_DIFFERS'],
		[
			'it was for another request',
			{ envelopeRequest: '00000000-0000-7000-8000-000000000009' },
			'ENVELOPE_DIFFERS',
		],
		['it was not judged as it says', { verdictSha256: 'a'.repeat(64) }, 'VERDICT_DIFFERS'],
		['one of two stages was never decided', { decisions: 1 }, 'QUORUM'],
	])('%s', async (_, changes, code) => {
		expect(await refusedFor(told(changes).log)).toContain(code)
	})

	test('its passkey was enrolled after it, revoked before it, or is somebody else’s', async () => {
		const late = new LogFixture()
		const people = team(late)
		const unborn = { ...people[1].passkey, entryId: late.newId() }
		tellRequest(late, people, { passkey: unborn })
		expect(await refusedFor(late)).toEqual(['CREDENTIAL_NOT_ENROLLED'])

		const revoked = new LogFixture()
		const others = team(revoked)
		revoked.add('passkey.revoked', {
			subject: others[1].id,
			open: { credentialEntry: others[1].passkey.entryId, cause: 'lost' },
		})
		tellRequest(revoked, others)
		expect(await refusedFor(revoked)).toContain('CREDENTIAL_REVOKED')

		const { log, people: three } = told()
		tellRequest(log, three, { passkey: three[2].passkey })
		expect(await refusedFor(log)).toContain('CREDENTIAL_OF_ANOTHER')
	})

	test('a passkey that is revoked later still stands for what it signed before', async () => {
		const { log, people } = told()
		log.add('passkey.revoked', {
			subject: people[1].id,
			open: { credentialEntry: people[1].passkey.entryId, cause: 'lost' },
		})
		expect(await refusedFor(log)).toEqual([])
	})

	test('one human decides twice, or on their own request', async () => {
		const log = new LogFixture()
		const [requester, approver, chief] = team(log)
		tellRequest(log, [requester, approver, chief], { first: chief })
		expect(await refusedFor(log)).toEqual(expect.arrayContaining(['SAME_HUMAN_TWICE', 'INELIGIBLE']))
		const own = new LogFixture()
		const three = team(own)
		tellRequest(own, three, { first: three[0] })
		expect(await refusedFor(own)).toContain('OWN_REQUEST')
	})

	test('the facts that were judged are not those that had been recorded', async () => {
		const log = new LogFixture()
		const three = team(log)
		const foreign = log.person('operator', { country: 'FR' })
		const invented = { ...foreign.facts, citizenships: three[0].facts.citizenships }
		tellRequest(log, [foreign, three[1], three[2]], { judged: invented })
		expect(await refusedFor(log)).toEqual(['FACTS_DIFFER'])
		const honest = new LogFixture()
		const [, approver, chief] = team(honest)
		tellRequest(honest, [honest.person('operator', { country: 'FR' }), approver, chief])
		expect(await refusedFor(honest)).toContain('INELIGIBLE')
	})

	test('a synced passkey counts, and is told', async () => {
		const log = new LogFixture()
		const people = team(log)
		const synced = log.passkey(people[1].id, { synced: true })
		tellRequest(log, people, { passkey: synced })
		const report = await verify(await bundleOf(log), { vkey: VKEY })
		expect(report.failures).toEqual([])
		expect(report.counts.syncedSignatures).toBe(1)
	})
})

describe('the log of a bundle is refused when', () => {
	test('its manifest is not the one that the log tells of', async () => {
		expect(await refusedFor(told().log, { isBundled: false })).toEqual(['NOT_BUNDLED'])
		expect(await refusedFor(told().log, { manifest: { selected: 3 } })).toEqual(['SELECTION'])
		expect(
			await refusedFor(told().log, { manifest: { by: '00000000-0000-7000-8000-000000000001' } }),
		).toEqual(['BUNDLED'])
	})

	test('its checkpoint is of a fork, of another size, of another log, or signed by another key', async () => {
		const { log } = told()
		const signer = logSigner()
		await bundleOf(log)
		const { root } = { root: new Uint8Array(32) }
		const of = (origin: string, size: number) => () => ({
			note: signCheckpoint({ origin, size, root }, signer),
			size,
		})
		const size = log.entries.length + 1
		expect(await refusedFor(log, { checkpoint: of('records.example/log', size) })).toEqual(
			expect.arrayContaining(['ROOT', 'INCLUSION']),
		)
		expect(await refusedFor(told().log, { signer: logSigner(9) })).toEqual(['CHECKPOINT_SIGNATURE'])
		const foreign = await bundleOf(told().log, { vkey: logSigner(9).vkey })
		expect(await codesOf(foreign)).toEqual(['CHECKPOINT_SIGNATURE'])
		const named = logSigner(1, 'elsewhere.example/log').vkey
		expect(await codesOf(await bundleOf(told().log), { vkey: named })).toEqual([
			'CHECKPOINT_SIGNATURE',
			'ANOTHER_LOG',
		])
	})

	test('a cosignature was pasted from another checkpoint; too few of them are told apart from none', async () => {
		const [witness, other] = [madeWitness('w1.example'), madeWitness('w2.example')]
		const policy = `log ${VKEY}\nwitness w1 ${witness.vkey}\nwitness w2 ${other.vkey}\ngroup both all w1 w2\nquorum both\n`
		const cosigned = async (by: (note: string) => string) => {
			const { log } = told()
			// The entry about the bundle comes last: the checkpoint covers it.
			const checkpoint = () => {
				const { note, size } = log.checkpoint()
				return { note: by(note), size }
			}
			return bundleOf(log, { checkpoint, policy })
		}
		const met = await verify(await cosigned((note) => other.cosign(witness.cosign(note))), { vkey: VKEY })
		expect(met).toMatchObject({ verdict: 'verified', witnesses: { state: 'met' } })
		expect(met.witnesses.by.map(({ name }) => name)).toEqual(['w1', 'w2'])
		const one = await cosigned((note) => witness.cosign(note))
		expect(await verify(one, { vkey: VKEY })).toMatchObject({
			verdict: 'verified in part',
			witnesses: { state: 'not_met', by: [{ name: 'w1' }] },
		})
		expect(await codesOf(one, { vkey: VKEY, policy })).toEqual(['NOT_WITNESSED'])
		const pasted = witness.cosign(told().log.checkpoint().note).split('\n').at(-2) ?? ''
		expect(await codesOf(await cosigned((note) => `${note}${pasted}\n`), { vkey: VKEY })).toEqual([
			'BAD_COSIGNATURE',
		])
		expect(await codesOf(one, { vkey: VKEY, policy: 'nonsense\n' })).toEqual(['POLICY'])
	})

	test('its key changed hands without a checkpoint signed by both', async () => {
		const [old, next] = [logSigner(1), logSigner(2)]
		const { log } = told()
		log.add('record.key_rotated', {
			open: { fromVkey: old.vkey, toVkey: next.vkey, bothUntil: plusMs(log.now, HOUR) },
		})
		const byOld = log.checkpoint(old)
		const byNext = log.checkpoint(next).note.split('\n\n')[1] ?? ''
		const both = { note: byOld.note + byNext, size: byOld.size }
		const rotated = await bundleOf(log, { signer: next, rotations: [both] })
		const report = await verify(rotated, { vkey: old.vkey })
		expect(report).toMatchObject({ verdict: 'verified', log: { rotations: 1, vkey: next.vkey } })
		expect((await verify(rotated, { vkey: next.vkey })).verdict).toBe('verified')
		for (const rotations of [[], [byOld]]) {
			const { log: other } = told()
			other.add('record.key_rotated', {
				open: { fromVkey: old.vkey, toVkey: next.vkey, bothUntil: plusMs(other.now, HOUR) },
			})
			const heads = rotations.map(() => other.checkpoint(old))
			const bytes = await bundleOf(other, { signer: next, rotations: heads })
			expect(await codesOf(bytes, { vkey: old.vkey })).toEqual(['ROTATION_UNSIGNED', 'CHECKPOINT_SIGNATURE'])
		}
	})
})

let whole: Uint8Array
beforeAll(async () => {
	whole = await bundleOf(told().log)
})

test('a verifier without a key says that the key is the file’s own', async () => {
	expect((await verify(whole)).log).toMatchObject({ isKeyPinned: false, isSigned: true })
})
