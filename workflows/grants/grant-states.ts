export const GRANT_STATES = [
	'scheduled',
	'planned',
	'provisioning',
	'active',
	'extending',
	'drifted',
	'removing',
	'postponed',
	'notConfirmed',
	'ended',
	'expired',
	'revoked',
	'voided',
	'failed',
] as const
export type GrantState = (typeof GRANT_STATES)[number]

/** States that are the end: the tenant holds nothing, or never did. */
export const CLOSED_GRANT_STATES = [
	'ended',
	'expired',
	'revoked',
	'voided',
	'failed',
] as const satisfies readonly GrantState[]

/** States in which an access has not begun to end. */
export const RUNNING_GRANT_STATES = [
	'scheduled',
	'planned',
	'provisioning',
	'active',
	'extending',
	'drifted',
] as const satisfies readonly GrantState[]

/** States in which Entra has confirmed the access, and nobody has begun to end it. */
export const HELD_GRANT_STATES = ['active', 'extending', 'drifted'] as const satisfies readonly GrantState[]

/** States in which an access is being ended and the tenant has not confirmed it. */
export const ENDING_GRANT_STATES = [
	'removing',
	'postponed',
	'notConfirmed',
] as const satisfies readonly GrantState[]

/** States that are not the end: the access is planned, may be live, or is not confirmed as removed. */
export const LIVE_GRANT_STATES: readonly GrantState[] = [...RUNNING_GRANT_STATES, ...ENDING_GRANT_STATES]

/** States in which nothing has been sent: there is nothing to remove. */
const UNSENT: ReadonlySet<GrantState> = new Set(['scheduled', 'planned'])

export const isClosed = (state: GrantState): boolean =>
	(CLOSED_GRANT_STATES as readonly GrantState[]).includes(state)

/** Whether Entra has confirmed the access, and nobody has begun to end it. */
export const isHeld = (state: GrantState): boolean =>
	(HELD_GRANT_STATES as readonly GrantState[]).includes(state)

/** States in which the tenant may hold the access. */
export const mayBeLive = (state: GrantState): boolean => !isClosed(state) && !UNSENT.has(state)
