import { refuseQuery } from './odata.ts'
import { listOrOne, type Answer, type Asked, type Context } from './surface.ts'

/** The built-in strength that only methods satisfy which cannot be phished; the same in every tenant. */
export const PHISHING_RESISTANT_STRENGTH = '00000000-0000-0000-0000-000000000004'

/** A policy of Conditional Access, as far as the sandbox lets it be said. */
export type SandboxPolicy = {
	id: string
	displayName: string
	state?: 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced'
	includeUsers?: readonly string[]
	excludeUsers?: readonly string[]
	includeGroups?: readonly string[]
	excludeGroups?: readonly string[]
	includeRoles?: readonly string[]
	excludeRoles?: readonly string[]
	/** Whether guests of every kind are left out, as the portal writes it. */
	excludesGuests?: boolean
	includeApplications?: readonly string[]
	excludeApplications?: readonly string[]
	/** Platforms that it applies to; everywhere where nothing is said. */
	platforms?: readonly string[]
	operator?: 'AND' | 'OR'
	builtInControls?: readonly string[]
	strengthId?: string | null
}

const BUILT_IN = [
	{
		id: '00000000-0000-0000-0000-000000000002',
		displayName: 'Multifactor authentication',
		allowedCombinations: ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor', 'password,sms'],
	},
	{
		id: '00000000-0000-0000-0000-000000000003',
		displayName: 'Passwordless MFA',
		allowedCombinations: [
			'windowsHelloForBusiness',
			'fido2',
			'x509CertificateMultiFactor',
			'deviceBasedPush',
		],
	},
	{
		id: PHISHING_RESISTANT_STRENGTH,
		displayName: 'Phishing-resistant MFA',
		allowedCombinations: ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'],
	},
]
const EVERY_GUEST = {
	guestOrExternalUserTypes:
		'internalGuest,b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser,otherExternalUser,serviceProvider',
	externalTenants: {
		'@odata.type': '#microsoft.graph.conditionalAccessAllExternalTenants',
		membershipKind: 'all',
	},
}
const MADE = '2026-01-05T08:00:00.0000000Z'

/** Policies of Conditional Access and the authentication strengths that they ask for. */
export function createConditionalAccess({
	initial,
	context,
}: {
	initial: readonly SandboxPolicy[]
	context: Context
}) {
	const policies = new Map(initial.map((policy) => [policy.id, policy]))
	const strengths: { id: string; displayName: string; allowedCombinations: string[] }[] = [...BUILT_IN]
	const strengthRow = (id: string) => {
		const found = strengths.find((one) => one.id === id)
		return (
			found && {
				...found,
				description: found.displayName,
				policyType: found.id.startsWith('00000000-0000-0000-0000-') ? 'builtIn' : 'custom',
				requirementsSatisfied: 'mfa',
				createdDateTime: MADE,
				modifiedDateTime: MADE,
			}
		)
	}
	const rowOf = (policy: SandboxPolicy) => ({
		id: policy.id,
		displayName: policy.displayName,
		state: policy.state ?? 'enabled',
		createdDateTime: MADE,
		modifiedDateTime: null,
		templateId: null,
		conditions: {
			clientAppTypes: ['all'],
			signInRiskLevels: [],
			userRiskLevels: [],
			servicePrincipalRiskLevels: [],
			locations: null,
			platforms: policy.platforms ? { includePlatforms: [...policy.platforms], excludePlatforms: [] } : null,
			applications: {
				includeApplications: [...(policy.includeApplications ?? ['All'])],
				excludeApplications: [...(policy.excludeApplications ?? [])],
				includeUserActions: [],
				includeAuthenticationContextClassReferences: [],
				applicationFilter: null,
			},
			users: {
				includeUsers: [...(policy.includeUsers ?? [])],
				excludeUsers: [...(policy.excludeUsers ?? [])],
				includeGroups: [...(policy.includeGroups ?? [])],
				excludeGroups: [...(policy.excludeGroups ?? [])],
				includeRoles: [...(policy.includeRoles ?? [])],
				excludeRoles: [...(policy.excludeRoles ?? [])],
				includeGuestsOrExternalUsers: null,
				excludeGuestsOrExternalUsers: policy.excludesGuests ? EVERY_GUEST : null,
			},
		},
		grantControls: {
			operator: policy.operator ?? 'AND',
			builtInControls: [...(policy.builtInControls ?? [])],
			customAuthenticationFactors: [],
			termsOfUse: [],
			authenticationStrength: policy.strengthId ? (strengthRow(policy.strengthId) ?? null) : null,
		},
		sessionControls: null,
	})
	/** Whether this cloud has the interface: not all do. */
	let isOffered = true
	return {
		answer(asked: Asked): Answer | null {
			if (asked.method !== 'GET') return null
			const policyPath = /^\/identity\/conditionalAccess\/policies(?:\/([^/]+))?$/.exec(asked.path)
			if (policyPath && isOffered) {
				asked.demand('Policy.Read.All')
				return listOrOne(asked, context, [...policies.values()].map(rowOf), policyPath[1])
			}
			const strengthPath = /^\/policies\/authenticationStrengthPolicies(?:\/([^/]+))?$/.exec(asked.path)
			if (strengthPath && isOffered) {
				asked.demand('Policy.Read.AuthenticationMethod', 'Policy.Read.All')
				refuseQuery(asked.url, 'select', 'expand', 'orderby')
				const rows = strengths.flatMap(({ id }) => strengthRow(id) ?? [])
				return listOrOne(asked, context, rows, strengthPath[1])
			}
			return null
		},
		/** What an administrator does; for tests. */
		put: (policy: SandboxPolicy): void => {
			policies.set(policy.id, policy)
		},
		/** As if nobody had ever made one; for tests. */
		clear: (): void => policies.clear(),
		remove: (id: string): boolean => policies.delete(id),
		putStrength: (id: string, displayName: string, allowedCombinations: string[]): void => {
			strengths.push({ id, displayName, allowedCombinations })
		},
		offer: (offered: boolean): void => {
			isOffered = offered
		},
	}
}
