/** Kinds of authentication methods that the tenant tells of, and `unfamiliar` for those not known here. */
export const METHOD_KINDS = [
	'fido2',
	'windowsHelloForBusiness',
	'platformCredential',
	'x509Certificate',
	'microsoftAuthenticator',
	'softwareOath',
	'hardwareOath',
	'phone',
	'email',
	'password',
	'temporaryAccessPass',
	'qrCodePin',
	'external',
	'unfamiliar',
] as const
export type MethodKind = (typeof METHOD_KINDS)[number]

/**
 * Methods that cannot be phished: those of Entra's authentication strength "Phishing-resistant MFA" (FIDO2, Windows Hello
 * for Business, certificate), and the platform credential of macOS, which counts as Windows Hello does.
 */
export const PHISHING_RESISTANT: ReadonlySet<MethodKind> = new Set([
	'fido2',
	'windowsHelloForBusiness',
	'platformCredential',
	'x509Certificate',
])

/** The kind behind an `@odata.type` such as `#microsoft.graph.fido2AuthenticationMethod`. */
export function methodKindOf(odataType: string | null | undefined): MethodKind {
	const name = /^#microsoft\.graph\.(\w+)AuthenticationMethod$/.exec(odataType ?? '')?.[1]
	return METHOD_KINDS.find((kind) => kind === name) ?? 'unfamiliar'
}

/** Why the methods of somebody could not be read. */
export const METHOD_TROUBLES = ['forbidden', 'unsupported', 'throttled', 'unavailable', 'absent'] as const
export type MethodTrouble = (typeof METHOD_TROUBLES)[number]

/** A reading that is older tells nothing any more: methods come and go. */
export const READING_HOLDS_MS = 7 * 86_400_000

export type MethodsReading = {
	/** What was read last; null where nothing ever was. */
	kinds: readonly MethodKind[] | null
	readAt: Date | null
	/** Why the last attempt came to nothing; null where it did not. */
	trouble: MethodTrouble | null
}

export type MethodsVerdict = {
	answer: 'yes' | 'no' | 'unknown'
	/** Why it is unknown; null where it is known. */
	why: MethodTrouble | 'never' | 'old' | 'unfamiliar' | null
	/** The phishing-resistant ones for `yes`, all of them otherwise. */
	kinds: readonly MethodKind[]
	readAt: Date | null
}

/**
 * Whether somebody has a phishing-resistant method registered, as far as is known at this instant. Never `no` without a
 * reading that still holds and that is understood whole.
 */
export function judgeMethods({ kinds, readAt, trouble }: MethodsReading, at: Date): MethodsVerdict {
	const isOld = readAt === null || at.getTime() - readAt.getTime() > READING_HOLDS_MS
	if (kinds === null || readAt === null)
		return { answer: 'unknown', why: trouble ?? 'never', kinds: [], readAt: null }
	if (isOld) return { answer: 'unknown', why: trouble ?? 'old', kinds, readAt }
	const resistant = kinds.filter((kind) => PHISHING_RESISTANT.has(kind))
	if (resistant.length > 0) return { answer: 'yes', why: null, kinds: resistant, readAt }
	return kinds.includes('unfamiliar')
		? { answer: 'unknown', why: 'unfamiliar', kinds, readAt }
		: { answer: 'no', why: null, kinds, readAt }
}
