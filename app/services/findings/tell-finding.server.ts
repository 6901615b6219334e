import type { Tx } from '#db/client.ts'
import type { FindingContext, FindingState } from '#workflows/grants/finding-context.ts'
import type { NoticeKind } from '#workflows/notify/notice-kinds.ts'
import type { WatchedPart } from '#workflows/tenant/watched-account.ts'
import { notify, type NotifyDeps, type Recipient, type Telling } from '../notify/notify.server.ts'

const OFFICERS: Recipient = { duty: 'security_officer' }
const OWNERS: Recipient = { duty: 'charter_owner' }

type FindingNotice = Extract<NoticeKind, 'finding' | `finding_${string}`>
type Told = { kind: FindingNotice; to: readonly Recipient[] }

/** Whom the arrival in a state is told; whoever only reads a notice learns that there is something, and not about whom. */
const TOLD: Partial<Readonly<Record<FindingState, Told>>> = {
	alerted: { kind: 'finding', to: [OFFICERS] },
	awaiting: { kind: 'finding_to_decide', to: [OFFICERS] },
	referred: { kind: 'finding', to: [OFFICERS] },
	held: { kind: 'finding_held', to: [OFFICERS, OWNERS] },
	notConfirmed: { kind: 'finding_not_removed', to: [OFFICERS, OWNERS] },
	removed: { kind: 'finding_removed', to: [OFFICERS] },
}

type Standing = { state: FindingState; context: FindingContext }
type Arrival = { id: string; before: Standing; after: Standing; at: Date }

/** It waits where it did, and not for what was told: for an earlier decision, or for a first officer again. */
const waitsOtherwise = ({ before, after }: Arrival): boolean =>
	(after.state === 'awaiting' && (after.context.decideBy ?? '') < (before.context.decideBy ?? '')) ||
	(after.state === 'held' && after.context.askedBy === null && before.context.askedBy !== null)

/** Tells everybody concerned of steps of findings, in their transaction. */
export async function tellFindings(tx: Tx, deps: NotifyDeps, arrivals: readonly Arrival[]): Promise<void> {
	const tellings = arrivals.flatMap((arrival): Telling[] => {
		const { id, before, after, at } = arrival
		const { state, context } = after
		const told = TOLD[state]
		if (told === undefined || (before.state === state && !waitsOtherwise(arrival))) return []
		const { difference, decideBy } = context
		return [{ ...told, about: { type: 'finding', id }, code: difference.kinds[0], deadline: decideBy, at }]
	})
	await notify(tx, deps, ...tellings)
}

/** Sessions of whoever holds what was found go on: told once, however often ending them is tried. */
export async function tellSessionsLive(
	tx: Tx,
	deps: NotifyDeps,
	{ id, context: { difference } }: { id: string; context: FindingContext },
	at: Date,
): Promise<void> {
	await notify(tx, deps, {
		kind: 'finding_sessions_live',
		to: [OFFICERS],
		about: { type: 'finding', id },
		code: difference.kinds[0],
		once: `sessions of ${id}`,
		at,
	})
}

/** One of the accounts that are only watched holds something else than when it was last looked at. */
export async function tellWatched(tx: Tx, deps: NotifyDeps, at: Date): Promise<void> {
	await notify(tx, deps, {
		kind: 'finding_break_glass',
		to: [OFFICERS, OWNERS],
		about: { type: 'finding', id: null },
		code: 'BREAK_GLASS_ACCOUNT',
		at,
	})
}

/** Somebody signed in with a watched account, or tried to: told at once, whatever people prefer, and each once. */
export async function tellSignIn(
	tx: Tx,
	deps: NotifyDeps,
	{ signInId, succeeded }: { signInId: string; succeeded: boolean },
	at: Date,
): Promise<void> {
	await notify(tx, deps, {
		kind: 'watched_sign_in',
		to: [OFFICERS, OWNERS],
		about: { type: 'finding', id: null },
		code: succeeded ? 'SIGNED_IN' : 'SIGN_IN_FAILED',
		once: `watched sign-in ${signInId}`,
		at,
	})
}

/** Something of a watched account became otherwise. */
export async function tellWatchedChange(
	tx: Tx,
	deps: NotifyDeps,
	what: WatchedPart,
	at: Date,
): Promise<void> {
	await notify(tx, deps, {
		kind: 'watched_changed',
		to: [OFFICERS, OWNERS],
		about: { type: 'finding', id: null },
		code: `WATCHED_${what.toUpperCase()}`,
		at,
	})
}
