import { decideRequest, prepareDecision } from '#app/services/access/decide-request.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import type { Actor } from '#app/services/actor.ts'
import { beginSignIn, finishSignIn } from '#app/services/sign-in/sign-in.server.ts'
import { asc, eq } from 'drizzle-orm'
import { notices } from '#db/schema/index.ts'
import type { Place } from '#workflows/grants/place.ts'
import type { TestApp } from './test-app.ts'

/** What people do, as use cases. */

/** Asks for half an hour of a role, by itself one that needs two approvals; gives the request's id. */
export const askForAccess = (
	app: TestApp,
	by = app.actor('operator'),
	role = 'user-administrator',
): Promise<string> =>
	fileRequest(app.deps, by, {
		role,
		reason: 'Lock the accounts of a phishing wave',
		ticket: 'CHG-77123',
		durationSeconds: 1800,
	})

/** An approval as far as the sign panel: what is to be handed in with the passkey's answer. */
export async function prepareApproval(app: TestApp, requestId: string, by: Actor) {
	const { challengeId } = await prepareDecision(app.deps, by, { requestId, verdict: 'approve', reason: '' })
	return { requestId, challengeId, response: app.answerOf(by) }
}

export async function approve(app: TestApp, requestId: string, by: Actor): Promise<void> {
	await decideRequest(app.deps, by, await prepareApproval(app, requestId, by))
}

/** A request that both stages have approved. */
export async function approvedAccess(app: TestApp): Promise<string> {
	const requestId = await askForAccess(app)
	await approve(app, requestId, app.actor('duty-officer'))
	await approve(app, requestId, app.actor('data-owner'))
	return requestId
}

/** Signs in and gives the session's token. */
export async function signInAs(app: TestApp, actor: Actor): Promise<string> {
	const { challengeId } = await beginSignIn(app.deps)
	return (await finishSignIn(app.deps, { challengeId, response: app.answerOf(actor) })).token
}

/** What this person was told, in the order of being told. */
export const toldTo = (app: TestApp, { personId }: Actor) =>
	app.deps.database.db
		.select()
		.from(notices)
		.where(eq(notices.personId, personId))
		.orderBy(asc(notices.at), asc(notices.id))

/** The directory role of a place; nothing for one in a group. */
export const roleOf = (place: Place | undefined): string =>
	place?.kind === 'role' ? place.roleDefinitionId : ''
