import { z } from 'zod'
import { durationMs } from '../shared/instants.ts'
import { duration, title } from './parts.schema.ts'

/** How what Entra ID holds can differ from what is approved, as a charter names it. */
export const FINDING_KINDS = [
	/** Privilege that nobody was given through Charterkeep. */
	'outOfBand',
	/** An access that is approved and not there. */
	'missingGrant',
	'wrongEnd',
	'wrongScope',
	/** An assignment without an end. */
	'permanent',
	/** Somebody holds it whom the charter would refuse now. */
	'ineligibleHolder',
	'guestOrServicePrincipal',
	/** Conditional Access, or the policy of a role, asks for less than when it was last seen. */
	'policyWeakened',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** Of these there is nothing to take away. */
export const NOTHING_TO_REMOVE: readonly FindingKind[] = ['missingGrant', 'policyWeakened']

/** What happens when nobody has decided in time. */
const otherwise = z.enum(['alert', 'remove'])

const decided = z.strictObject({
	/** The owner of the finding has so long. */
	decideWithin: duration,
	otherwise: otherwise.default('alert'),
})
const reaction = z.union([z.enum(['alert', 'remove']), decided])

const beforeGranting = z.strictObject({
	/** When the person has no phishing-resistant method: refuse, or give the access and say so. */
	method: z.enum(['refuse', 'warn']).default('warn'),
	/** Which passkeys count: any, those that cannot leave their authenticator, or those that Entra ID saw attested. */
	passkeys: z.enum(['any', 'device-bound', 'attested']).default('any'),
	/** When no Conditional Access policy demands phishing-resistant sign-in of the role's holders. */
	conditionalAccess: z.enum(['refuse', 'warn']).default('warn'),
})

/** What Entra ID must show before an access is given, and what happens to what it holds beside the approved. */
export const entraRules = z.strictObject({
	beforeGranting: beforeGranting.optional(),
	/** True: the end of an access, and the removal of a finding, ends the person's sessions too, so that refresh tokens do not outlive it. */
	endSessions: z.boolean().default(false),
	findings: z
		.strictObject({
			outOfBand: reaction.optional(),
			missingGrant: reaction.optional(),
			wrongEnd: reaction.optional(),
			wrongScope: reaction.optional(),
			permanent: reaction.optional(),
			ineligibleHolder: reaction.optional(),
			guestOrServicePrincipal: reaction.optional(),
			policyWeakened: reaction.optional(),
		} satisfies Record<FindingKind, unknown>)
		.optional(),
	/** Removals that hit more people than this within the time wait for a second officer. */
	massRemoval: z.strictObject({ most: z.int().min(0).max(1000), within: duration }).optional(),
	/** Accounts for the day that nothing else works: watched, and never touched. */
	breakGlassAccounts: z
		.array(z.strictObject({ objectId: z.uuid(), title }))
		.max(20)
		.optional(),
})

type EntraRules = z.infer<typeof entraRules>
type WithRules = { entra?: EntraRules | undefined }

/** What a charter does about a finding. Without a word of it, people are told and nothing is touched. */
export type Reaction =
	{ do: 'alert' } | { do: 'remove' } | { do: 'decide'; withinMs: number; otherwise: 'alert' | 'remove' }

/** The reaction of the charter to findings of this kind. */
export function reactionTo({ entra }: WithRules, kind: FindingKind): Reaction {
	const said = entra?.findings?.[kind] ?? 'alert'
	if (typeof said === 'string') return { do: said }
	return { do: 'decide', withinMs: durationMs(said.decideWithin) ?? 0, otherwise: said.otherwise }
}

/** How many removals may be sent within which time before a second officer must release more; 5 an hour if not said. */
export function massRemovalOf({ entra }: WithRules): { most: number; withinMs: number } {
	const { most, within } = entra?.massRemoval ?? { most: 5, within: 'PT1H' }
	return { most, withinMs: durationMs(within) ?? 0 }
}

/** The accounts that are never touched; object ids in lower case. */
export function breakGlassAccountsOf({ entra }: WithRules): readonly { objectId: string; title: string }[] {
	return (entra?.breakGlassAccounts ?? []).map((account) => ({
		...account,
		objectId: account.objectId.toLowerCase(),
	}))
}

export type BeforeGranting = z.infer<typeof beforeGranting>

/** What Entra ID must show before an access is given. Without a word of it, what is missing is said and nothing refused. */
export const beforeGrantingOf = ({ entra }: WithRules): BeforeGranting =>
	entra?.beforeGranting ?? { method: 'warn', passkeys: 'any', conditionalAccess: 'warn' }

/** Whether the end of an access, or a removal, ends the person's sessions. */
export const endsSessions = ({ entra }: WithRules): boolean => entra?.endSessions ?? false
