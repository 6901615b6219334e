import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { noteOf } from '#app/components/grant-notes.ts'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import { createText, type Language } from '#app/messages/create-text.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import { showRequest } from '#app/services/access/show-request.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { formats } from '#app/utils/format.ts'
import { grants } from '#db/schema/index.ts'
import { approve, toldTo } from './acts.ts'
import { fileRequest } from './file-one.ts'
import type { TestApp } from './test-app.ts'

/** What tests of bad input of Entra ID share: two accesses, the jobs as the queue runs them, and what people read. */

export type Access = { grantId: string; requestId: string; principalId: string; by: string }

/** An access that both stages have approved. */
export async function approvedFor(app: TestApp, by: string, role: string): Promise<Access> {
	const requestId = await fileRequest(app.deps, app.actor(by), {
		role,
		reason: 'Lock the accounts of a phishing wave',
		ticket: 'CHG-77123',
		durationSeconds: 1800,
	})
	for (const persona of ['duty-officer', 'data-owner']) await approve(app, requestId, app.actor(persona))
	const [grant] = await app.deps.database.db.select().from(grants).where(eq(grants.requestId, requestId))
	if (!grant) throw new Error('The request opened no grant.')
	return { grantId: grant.id, requestId, principalId: grant.context.principalId, by }
}

export const stateOf = async (app: TestApp, { grantId }: Access) =>
	(await app.deps.database.db.select().from(grants).where(eq(grants.id, grantId)))[0]?.state ?? ''

/** Runs a job as the queue does until it is over, or so many times; the tenant's clock goes on meanwhile. */
export async function drive(
	app: TestApp,
	job: 'give' | 'take',
	{ grantId }: Access,
	{ runs = 20, stepMs = 3000 } = {},
): Promise<boolean> {
	const work = job === 'give' ? provisionGrant : removeGrant
	const ticking = setInterval(() => app.clock.advance(500), 100)
	try {
		for (let run = 0; run < runs; run++) {
			try {
				await inLane(job === 'give' ? 'grant' : 'revoke', () => work(app.deps, grantId))
				return true
			} catch (error) {
				if (!(error instanceof TryAgain) && !(error instanceof GrantPortUnavailable)) throw error
			}
			app.clock.advance(stepMs)
			await pause(5)
		}
		return false
	} finally {
		clearInterval(ticking)
	}
}

/** The end of its time comes, and what is to be removed is removed. */
export async function endOnTime(app: TestApp, access: Access): Promise<string> {
	app.clock.advance(31 * 60_000)
	await fireDueTimers(app.deps)
	await drive(app, 'take', access)
	return stateOf(app, access)
}

/** The sentence on the page of the request, in the words of its reader. */
export async function pageSays(app: TestApp, access: Access, language: Language, as = access.by) {
	const { grant } = await showRequest(app.deps, app.actor(as), access.requestId)
	if (grant === null) throw new Error('There is no access.')
	return noteOf(grant, { t: createText(language), format: formats(language, 'Europe/Berlin') })
}

/** Kinds of what this person was told, with why. */
export const told = async (app: TestApp, persona: string) =>
	(await toldTo(app, app.actor(persona))).map(({ kind, code }) => `${kind} ${code}`.trim())

/** What the record has of this kind. */
export async function recorded(app: TestApp, kind: string): Promise<Record<string, unknown>[]> {
	await sequencePending(app.deps)
	const { rows } = await app.deps.database.pool.query<{ open: Record<string, unknown> }>(
		`select convert_from(leaf, 'UTF8')::jsonb->'open' as open from ledger_entries where kind = $1 order by index`,
		[kind],
	)
	return rows.map(({ open }) => open)
}
