import type { SignInRules, TenantPort } from '../tenant-port.ts'

/**
 * The reader, with the rules of signing in kept for a moment: many accesses that are given at once read them once, since a
 * tenant answers one call a second about Conditional Access, for all its applications. What could not be read is not kept.
 */
export function rememberRules(reader: TenantPort, forMs: number, now: () => Date): TenantPort {
	let kept: { rules: SignInRules; readAt: number } | null = null
	let reading: Promise<SignInRules> | null = null
	async function read(): Promise<SignInRules> {
		const readAt = now().getTime()
		const rules = await reader.signInRules()
		kept = rules.conditionalAccess.read && rules.authenticationStrengths.read ? { rules, readAt } : null
		return rules
	}
	return {
		...reader,
		signInRules() {
			if (kept !== null && now().getTime() - kept.readAt < forMs) return Promise.resolve(kept.rules)
			reading ??= read().finally(() => {
				reading = null
			})
			return reading
		},
	}
}
