import { asc } from 'drizzle-orm'
import { setTimeout as pause } from 'node:timers/promises'
import { removeFinding } from '#app/jobs/remove-finding.server.ts'
import { reconcileRound } from '#app/jobs/reconcile-loop.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { verify, wholeOf } from '#test/factories/bundle.ts'
import type { Profile } from '#workflows/audit-export/manifest.ts'
import { exportBundle } from '#app/services/audit/export-bundle.server.ts'
import { EVERYTHING } from '#app/services/audit/history.server.ts'
import type { Actor } from '#app/services/actor.ts'
import {
	prepareFinding,
	signFinding,
	type FindingForm,
} from '#app/services/findings/decide-finding.server.ts'
import { findings } from '#db/schema/index.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import type { TestApp } from './test-app.ts'

/** What happens to findings, as the loops and people do it. */

export const allFindings = (app: TestApp) =>
	app.deps.database.db.select().from(findings).orderBy(asc(findings.number))

/** Looks at the tenant, and once more, so that what is there is certain. */
export async function lookTwice(app: TestApp): Promise<void> {
	await reconcileRound(app.deps)
	app.clock.advance(3000)
	await reconcileRound(app.deps)
}

/** Looks twice, far enough apart that what neither sees is gone. */
export async function lookUntilGone(app: TestApp): Promise<void> {
	app.clock.advance(3000)
	await reconcileRound(app.deps)
	app.clock.advance(61_000)
	await reconcileRound(app.deps)
}

/** Passkeys of these tests stand in the database alone, and no entry enrolled them. */
const isOfTestPasskeys = (code: string, message: string) =>
	code === 'CREDENTIAL_NOT_ENROLLED' || (code === 'FACTS_DIFFER' && message.endsWith('before: credentials'))

/** A bundle of everything, as its verifier finds it: whatever a test did, its record must hold together. */
export async function verifiedRecord(
	app: TestApp,
	{ people = [], profile = 'auditor' }: { people?: string[]; profile?: Profile } = {},
) {
	const { bytes } = await exportBundle(app.deps, app.actor('auditor'), { ...EVERYTHING, people }, { profile })
	const whole = await wholeOf(bytes)
	const report = await verify(whole, { vkey: app.deps.signer.vkey })
	return {
		whole,
		report,
		failures: report.failures.filter(({ code, message }) => !isOfTestPasskeys(code, message)),
	}
}

/** The removals that are under way, as the queue would run them, with their deadlines. */
export async function carryOut(app: TestApp, rounds = 4): Promise<void> {
	for (let round = 0; round < rounds; round++) {
		for (const { id, state } of await allFindings(app)) {
			if (state !== 'removing' && state !== 'notConfirmed') continue
			try {
				// The tenant shows a change only after a while of its own clock.
				const done = removeFinding(app.deps, id)
				const ticking = setInterval(() => app.clock.advance(500), 50)
				await done.finally(() => clearInterval(ticking))
			} catch (error) {
				if (!(error instanceof TryAgain)) throw error
			}
		}
		await fireDueTimers(app.deps)
		await pause(1)
	}
}

export async function sign(
	app: TestApp,
	by: Actor,
	form: Partial<FindingForm> & Pick<FindingForm, 'findingIds' | 'step'>,
) {
	const { challengeId } = await prepareFinding(app.deps, by, { reason: '', days: null, ...form })
	const { findingIds, step } = form
	return signFinding(app.deps, by, { findingIds, step, challengeId, response: app.answerOf(by) })
}

/** As if another charter had come into force, and nobody had looked yet. */
export function enact(app: TestApp, change: (charter: Charter) => Partial<Charter>): void {
	const { charters } = app.deps
	Object.assign(app.deps, {
		charters: {
			...charters,
			inForce: async (...asked: Parameters<typeof charters.inForce>) => {
				const found = await charters.inForce(...asked)
				return { ...found, charter: { ...found.charter, ...change(found.charter) } }
			},
		},
	})
}
