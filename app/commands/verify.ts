import { createPublicKey, verify as verifyWith } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { parseArgs } from 'node:util'
import { verifyBundle, type BundleReport } from '#workflows/audit-export/verify-bundle.ts'
import type { VerifyEd25519 } from '#workflows/ledger/signed-note.ts'
import { verifySignature, type VerifySignature } from '#workflows/ledger/webauthn-evidence.ts'

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

/** Node's own cryptography: the same verdicts as the portable one, faster, and with RSA. */
const nodeNote: VerifyEd25519 = (signature, message, publicKey) =>
	verifyWith(
		null,
		message,
		createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: b64(publicKey) } }),
		signature,
	)

const nodeAssertion: VerifySignature = (key, message, signature) => {
	try {
		if (key.alg === 'ES256') {
			const jwk = { kty: 'EC', crv: 'P-256', x: b64(key.x), y: b64(key.y) }
			return verifyWith(
				'sha256',
				message,
				{ key: createPublicKey({ format: 'jwk', key: jwk }), dsaEncoding: 'der' },
				signature,
			)
		}
		if (key.alg === 'RS256') {
			const jwk = { kty: 'RSA', n: b64(key.n), e: b64(key.e) }
			return verifyWith('sha256', message, createPublicKey({ format: 'jwk', key: jwk }), signature)
		}
	} catch {
		// A malformed key verifies nothing.
		return false
	}
	return verifySignature(key, message, signature)
}

/** `npm run verify -- FILE [--vkey KEY] [--json]`: checks a bundle without database or network; 0 only when it holds. */
async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { vkey: { type: 'string' }, json: { type: 'boolean', default: false } },
	})
	const [file, ...more] = positionals
	if (file === undefined || more.length > 0) {
		console.log('Say which file to check: npm run verify -- FILE [--vkey KEY] [--json]')
		return 1
	}
	try {
		const options = { expectedVkey: values.vkey, verifyNote: nodeNote, verifyAssertion: nodeAssertion }
		const report = await verifyBundle(createReadStream(file), options)
		console.log(values.json ? JSON.stringify(report) : describe(report))
		console.log(report.verdict)
		return report.verdict === 'verified' ? 0 : 1
	} catch (error) {
		console.log(`The file ${file} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`)
		console.log('refused')
		return 1
	}
}

function describe({ vkey, isKeyPinned, origin, counts, failures }: BundleReport): string {
	const lines = [
		`Log            ${origin ?? 'unknown'}`,
		`Verifier key   ${vkey ?? 'unknown'}`,
		isKeyPinned
			? '               compared with the key you gave'
			: '               taken from the file: compare it with the key you know, or give that one by --vkey',
		`Entries        ${counts.entries}, each against its hash, the root and the signed checkpoint`,
		`Openings       ${counts.openings}, each against its commitment`,
		`Passkeys       ${counts.enrolments} enrolled`,
		`Charter        ${counts.charters} versions; each after the first signed by two owners, ${counts.amendmentSignatures} signatures in all`,
		`Decisions      ${counts.decisions} signatures, each against a passkey enrolled earlier in the same log`,
		`Grants         ${counts.grants} confirmed, each with the quorum of every stage; ${counts.liveGrants} not ended in this log`,
		`Selected       ${counts.selected} entries chosen by the export`,
		`Not checked    ${counts.unopenedDecisions} decisions whose evidence this bundle leaves sealed`,
		'Not provable   what a screen showed when somebody signed',
	]
	return [
		...lines,
		...failures.map(({ where, code, message }) => `REFUSED        ${where}: ${message} [${code}]`),
	].join('\n')
}

process.exitCode = await main()
