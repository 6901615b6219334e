import { createReadStream, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { withSecondThread } from '#app/verifier/second-thread.server.ts'
import type { BundleReport } from '#workflows/audit-export/report.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'

const USAGE = `Say which file to check: npm run verify -- FILE [--vkey KEY] [--since FILE] [--policy FILE] [--json]

  --vkey KEY     the log's verifier key as you know it; without it, the key that the file names
  --since FILE   a checkpoint of this log that you kept: the log must contain it
  --policy FILE  whose cosignatures count (C2SP tlog-policy); without it, the policy in the file
  --json         the whole report as JSON

0: verified, whole or in part (what was not checked is listed); 1: refused; 2: it could not be checked.`

const CHUNK_BYTES = 1024 * 1024

/** `npm run verify -- FILE …`: checks a bundle without database or network. */
async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			vkey: { type: 'string' },
			since: { type: 'string' },
			policy: { type: 'string' },
			json: { type: 'boolean', default: false },
		},
	})
	const [file, ...more] = positionals
	if (file === undefined || more.length > 0) {
		console.log(USAGE)
		return 2
	}
	const text = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'))
	const report = await withSecondThread((platform) =>
		verifyBundle(createReadStream(file, { highWaterMark: CHUNK_BYTES }), platform, {
			vkey: values.vkey,
			since: text(values.since),
			policy: text(values.policy),
		}),
	)
	console.log(values.json ? JSON.stringify(report) : describe(report))
	console.log(report.verdict)
	return report.verdict === 'refused' ? 1 : 0
}

function describe(report: BundleReport): string {
	const { counts, manifest, accesses, unchecked, failures } = report
	const begun = accesses.filter(({ startsAt }) => startsAt !== null)
	const laid = begun.filter(({ coverage }) => coverage !== null)
	return [
		...describeTrust(report),
		`Asked for      ${manifest?.requests ?? 0} requests, ${counts.selected} entries about them, of ${counts.entries}; none left out`,
		`Entries        ${counts.entries}, each hashed anew, against the root that was signed`,
		`Openings       ${counts.openings}, each against its commitment; ${counts.proofs} inclusion proofs`,
		`Passkeys       ${counts.enrolments} enrolled, ${counts.revoked} revoked`,
		`Charter        ${counts.charters} versions; each after the first signed by two owners, ${counts.amendmentSignatures} signatures in all`,
		`Decisions      ${counts.decisions} laid open, each signature by a passkey enrolled earlier and not revoked; ${counts.syncedSignatures} by synced passkeys`,
		`Eligibility    ${counts.reevaluated} verdicts come to anew from the facts`,
		`Accesses       ${counts.grants} confirmed in the log, each with the quorum of every stage; ${counts.liveGrants} not ended`,
		`Break-glass    ${counts.breakGlass} uses, each signed as the charter asks and within its limit; ${counts.breakGlassReviewed} reviewed`,
		`Lockbox        ${counts.lockbox} requests for customer content, each answered as its stages decided; ${counts.lockboxOutOfBand} decided at the provider beside them`,
		`Findings       ${counts.findings} of what Entra held otherwise than approved; ${counts.findingsRemoved} gone after the charter or an officer ordered it`,
		`Coverage       ${laid.length} of ${begun.length} chosen accesses laid against charter and facts, ${laid.filter(({ coverage }) => coverage?.isCovered).length} covered throughout`,
		...laid.flatMap(({ coverage, entry }) =>
			(coverage?.gaps ?? []).map(
				({ from, until, charterVersion, denials }) =>
					`  gap          entry ${entry}: ${from} to ${until}, charter version ${charterVersion ?? 'none'}: ${denials.map(({ code }) => code).join(', ')}`,
			),
		),
		...unchecked.map(
			({ code, message, count, where }) =>
				`NOT CHECKED    ${message} (${count} times, first at ${where[0]}) [${code}]`,
		),
		'Not provable   what a screen showed when somebody signed',
		...failures.map(({ where, code, message }) => `REFUSED        ${where}: ${message} [${code}]`),
	].join('\n')
}

function describeTrust({ log, witnesses, since }: BundleReport): string[] {
	const by = witnesses.by.map(({ name, at }) => `${name} at ${at}`).join(', ') || 'nobody'
	return [
		`Log            ${log.origin ?? 'unknown'}, ${log.size} entries, root ${log.root ?? 'unknown'}`,
		`Verifier key   ${log.vkey ?? 'unknown'}`,
		log.isKeyPinned
			? '               reached from the key you gave'
			: '               taken from the file: compare it with the key you know, or give that one by --vkey',
		`Log-signed     ${log.isSigned ? 'yes' : 'NO'}${log.rotations > 0 ? `, after ${log.rotations} changes of the key` : ''}`,
		witnesses.state === 'none'
			? 'Witnessed      no witness is asked for'
			: `Witnessed      ${witnesses.state === 'met' ? 'yes' : 'NO'}: ${by}`,
		since === null
			? 'Kept earlier   no checkpoint was given'
			: `Kept earlier   ${since.size} entries: ${since.isContained ? 'contained' : 'NOT CONTAINED'}`,
	]
}

try {
	process.exitCode = await main()
} catch (error) {
	console.log(`It could not be checked: ${error instanceof Error ? error.message : 'unknown'}`)
	console.log('refused')
	process.exitCode = 2
}
