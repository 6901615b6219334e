/**
 * Who can mend what stands in the way: the pages name them beside the sentence, and they are told. The administrators of the
 * tenant need not be people of Charterkeep, so security officers are told for them.
 */
export type Mender = 'tenant_admin' | 'charter_owner' | 'security_officer' | 'requester' | 'nobody'

/**
 * What keeps Charterkeep from the tenant as a whole, whatever it asks for, and how long it must have lasted before people are
 * told: what may be over in a moment is given two minutes. Codes are stored: add freely, never rename.
 */
const CONNECTION = {
	/** The certificate or the federation is not what is registered any more, or has run out. */
	CredentialRefused: 0,
	/** The application is gone or disabled, or there is no such tenant. */
	ApplicationNotFound: 0,
	/** What answers is another tenant than the one that is set. */
	WrongTenant: 0,
	/** The accesses that are held were given in another tenant than the one that is set. */
	OtherTenant: 0,
	NoToken: 120_000,
	InvalidAuthenticationToken: 120_000,
	AccessReevaluated: 120_000,
	/** A page of HTML: a proxy, a gateway or a sign-in page answers in place of Graph. */
	NotGraph: 120_000,
	/** Calls break off, or nobody answers them in time. */
	NoAnswer: 120_000,
} as const
/** Of an access that is being taken away, or is gone: what was signed in with it before lives on. It keeps nothing else from its end. */
export const SESSIONS_NOT_ENDED = 'SESSIONS_NOT_ENDED'
/**
 * Of an access that is to be given: what Entra ID must show first cannot be read just now. Nobody is told, since the access has
 * failed, or is given, before that would help; since when it lasts is what counts.
 */
export const NOT_READ_YET = 'NOT_READ_YET'

export type ConnectionTrouble = keyof typeof CONNECTION

export const isConnectionTrouble = (code: string): code is ConnectionTrouble =>
	Object.hasOwn(CONNECTION, code)

/** What one access alone waits for passes by itself more often than not: people are told when it has not. */
const PATIENCE_MS = 120_000
const AT_ONCE = new Set(['PermissionScopeNotGranted', 'Authorization_RequestDenied', 'GroupIsDynamic'])

/** For how long this must have stood before anybody is told, in milliseconds. */
export function patienceWith(code: string): number {
	if (isConnectionTrouble(code)) return CONNECTION[code]
	if (code === NOT_READ_YET) return Infinity
	return AT_ONCE.has(code) ? 0 : PATIENCE_MS
}
