import type { Provider } from './providers.ts'

/**
 * Provider roles that are directory roles in Entra ID, by what they are called there: who holds one can be read from the
 * tenant. Owners of a subscription and its own approvers cannot: they are roles of Azure, and only those on the
 * subscription itself count, not on a management group.
 */
export const DIRECTORY_ROLES: Readonly<Record<string, string>> = {
	'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
	'Customer Lockbox Access Approver': '5c4f9dcd-47dc-4cf7-8c9a-9e4207cbfc91',
	'Entra Customer Lockbox Approver': 'd35481f7-cda1-4fa2-8344-5a21f7f3724d',
}

/** What is offered for each provider; another provider calls its roles as it likes. */
export const APPROVER_ROLES: Readonly<Record<Provider, readonly string[]>> = {
	azure: [
		'Owner',
		'Azure Customer Lockbox Approver for Subscription',
		'Global Administrator',
		'Entra Customer Lockbox Approver',
	],
	m365: ['Customer Lockbox Access Approver', 'Global Administrator'],
	other: [],
}

const SUBSCRIPTION = /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const TENANT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ON_SUBSCRIPTION: ReadonlySet<string> = new Set([
	'Owner',
	'Azure Customer Lockbox Approver for Subscription',
])

export type ScopeProblem = 'SCOPE_SUBSCRIPTION' | 'SCOPE_TENANT' | 'ROLE_NOT_OFFERED'

/** What is wrong with a boundary as it was typed (scope in lower case): what the provider would match nothing to. */
export function boundaryProblem(
	provider: Provider,
	scope: string,
	approverRole: string,
): ScopeProblem | null {
	if (provider === 'other') return null
	if (!APPROVER_ROLES[provider].includes(approverRole)) return 'ROLE_NOT_OFFERED'
	if (ON_SUBSCRIPTION.has(approverRole)) return SUBSCRIPTION.test(scope) ? null : 'SCOPE_SUBSCRIPTION'
	return TENANT.test(scope) ? null : 'SCOPE_TENANT'
}

/** The template id of the directory role that the tenant can be asked about; null where it is none of this tenant. */
export function directoryRoleOf(
	{ provider, scope, approverRole }: { provider: Provider; scope: string; approverRole: string },
	tenantId: string,
): string | null {
	if (provider === 'other' || scope !== tenantId.toLowerCase()) return null
	return Object.hasOwn(DIRECTORY_ROLES, approverRole) ? (DIRECTORY_ROLES[approverRole] ?? null) : null
}
