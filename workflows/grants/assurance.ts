import type { BeforeGranting } from '../charter/entra.schema.ts'
import { PHISHING_RESISTANT } from '../people/authentication-methods.ts'
import type { AssuranceCode } from './assurance-codes.ts'
import { coverageOf, isUnknownGap, type Holder } from '../tenant/conditional-access.ts'
import type { PictureMethods } from '../tenant/tenant-picture.ts'
import type { AuthenticationStrength, ConditionalAccessPolicy } from '../tenant/picture-policies.ts'

/** What Entra ID shows of somebody who is about to be given access. Null: it could not be read. */
export type SeenBeforeGranting = {
	account: { exists: boolean; accountEnabled: boolean | null; isGuest: boolean } | null
	methods: PictureMethods | null
	conditionalAccess: readonly ConditionalAccessPolicy[] | null
	strengths: readonly AuthenticationStrength[] | null
	/** Groups that the account is in, also through other groups; lower case. */
	memberOf: ReadonlySet<string> | null
	/** Directory roles that it holds now, for the whole tenant; templates in lower case. */
	activeRoles: ReadonlySet<string> | null
}

/** What speaks against giving the access, and what is only to be said. */
export type Assurance = { refused: readonly AssuranceCode[]; warned: readonly AssuranceCode[] }

/**
 * Judges what Entra ID shows before an access is given, by every charter that counts; the strictest of them decides. An
 * account that is not there or is disabled is refused whatever a charter says; what could not be read is as if missing.
 */
export function judgeAssurance(
	rules: readonly BeforeGranting[],
	seen: SeenBeforeGranting,
	holder: Pick<Holder, 'principalId' | 'place'>,
): Assurance {
	const account = accountCode(seen.account)
	if (account === 'ACCOUNT_ABSENT' || account === 'ACCOUNT_DISABLED')
		return { refused: [account], warned: [] }
	const method = worst(rules.map(({ passkeys }) => methodCode(seen.methods, passkeys)))
	// Of an account that cannot be read it is not known that it is no guest's.
	const covered = conditionalAccessCode(seen, { ...holder, isGuest: seen.account?.isGuest ?? true })
	const refuses = (part: 'method' | 'conditionalAccess') => rules.some((rule) => rule[part] === 'refuse')
	const found = [
		{ code: account, isRefused: refuses('method') },
		{ code: method, isRefused: refuses('method') },
		{ code: covered, isRefused: refuses('conditionalAccess') },
	]
	const codes = (isRefused: boolean) =>
		found.flatMap(({ code, ...each }) => (code !== null && each.isRefused === isRefused ? [code] : []))
	return { refused: codes(true), warned: codes(false) }
}

function accountCode(account: SeenBeforeGranting['account']): AssuranceCode | null {
	if (account === null) return 'ACCOUNT_UNKNOWN'
	if (!account.exists) return 'ACCOUNT_ABSENT'
	if (account.accountEnabled === null) return 'ACCOUNT_UNKNOWN'
	return account.accountEnabled ? null : 'ACCOUNT_DISABLED'
}

type MethodCode = 'METHOD_MISSING' | 'METHOD_UNKNOWN' | null
const worst = (codes: readonly MethodCode[]): MethodCode =>
	codes.find((code) => code === 'METHOD_MISSING') ?? codes.find((code) => code !== null) ?? null

/**
 * What speaks against how somebody signs in, by what a charter asks of passkeys; null: nothing does. Windows Hello for Business is
 * bound to its device by design; it is no passkey whose attestation Entra ID tells.
 */
export function methodCode(methods: PictureMethods | null, passkeys: BeforeGranting['passkeys']): MethodCode {
	if (methods === null || !methods.read) return 'METHOD_UNKNOWN'
	const { kinds } = methods
	const isUnderstood = !kinds.includes('unfamiliar')
	if (passkeys === 'any') {
		if (kinds.some((kind) => PHISHING_RESISTANT.has(kind))) return null
		return isUnderstood ? 'METHOD_MISSING' : 'METHOD_UNKNOWN'
	}
	if (passkeys === 'device-bound' && kinds.includes('windowsHelloForBusiness')) return null
	if (!kinds.includes('fido2')) return isUnderstood ? 'METHOD_MISSING' : 'METHOD_UNKNOWN'
	if (methods.passkeys === null) return 'METHOD_UNKNOWN'
	const bound = methods.passkeys.filter(({ passkeyType }) => passkeyType === 'deviceBound')
	if (bound.some(({ attestation }) => passkeys === 'device-bound' || attestation === 'attested')) return null
	const isTold = methods.passkeys.every(
		({ passkeyType, attestation }) =>
			passkeyType === 'synced' ||
			(passkeyType === 'deviceBound' && (passkeys === 'device-bound' || attestation !== 'unknown')),
	)
	return isTold ? 'METHOD_MISSING' : 'METHOD_UNKNOWN'
}

function conditionalAccessCode(
	{ conditionalAccess, strengths, memberOf, activeRoles }: SeenBeforeGranting,
	holder: Pick<Holder, 'principalId' | 'place' | 'isGuest'>,
): AssuranceCode | null {
	if (conditionalAccess === null) return 'CONDITIONAL_ACCESS_UNKNOWN'
	const coverage = coverageOf(conditionalAccess, strengths, { ...holder, memberOf, activeRoles })
	if (coverage.is === 'covered') return null
	const isOpen = coverage.nearest.some(({ why }) => isUnknownGap(why))
	return isOpen ? 'CONDITIONAL_ACCESS_UNKNOWN' : 'CONDITIONAL_ACCESS_MISSING'
}
