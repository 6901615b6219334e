import { z } from 'zod'
import { durationMs } from '#workflows/shared/instants.ts'
import { ok, warning, wrong, type Finding } from './finding.ts'

const ruleSchema = z.looseObject({
	id: z.string(),
	isExpirationRequired: z.boolean().nullish(),
	maximumDuration: z.string().nullish(),
	enabledRules: z.array(z.string().nullable()).nullish(),
})
const policiesSchema = z.object({
	value: z.array(z.looseObject({ policy: z.looseObject({ rules: z.array(ruleSchema) }).nullish() })),
})

/** What Charterkeep sends with each assignment, so that rules which ask for it are met. */
const SENT = new Set(['Justification', 'Ticketing'])

/** Whether the tenant's policy lets a role of the charter be given for as long as the charter allows. */
export function judgePolicy(about: string, maximumMs: number, answer: unknown): Finding[] {
	const rules = policiesSchema
		.safeParse(answer)
		.data?.value.flatMap(({ policy }) => policy?.rules ?? [])
		.filter(({ id }) => id.endsWith('_Admin_Assignment'))
	if (rules === undefined || rules.length === 0)
		return [
			warning(
				about,
				'The tenant shows no policy for this role, so its longest duration is not known.',
				'tenant administrator',
			),
		]
	const findings: Finding[] = []
	const cap = rules.find(({ id }) => id === 'Expiration_Admin_Assignment')
	const capMs = cap?.maximumDuration ? isoMs(cap.maximumDuration) : null
	if (cap?.isExpirationRequired === true && capMs !== null && capMs < maximumMs)
		findings.push(
			wrong(
				about,
				`The charter gives it for up to ${hours(maximumMs)}, the tenant's policy for ${hours(capMs)} at most (Expiration_Admin_Assignment ${cap.maximumDuration ?? ''}): what is longer is refused. Shorten maximumDuration in the charter, or lengthen the policy.`,
				'charter owner',
			),
		)
	const others = rules
		.flatMap(({ enabledRules }) => enabledRules ?? [])
		.filter((rule) => rule !== null)
		.filter((rule) => !SENT.has(rule))
	if (others.length > 0)
		findings.push(
			wrong(
				about,
				`The tenant's policy asks for ${others.join(', ')} when somebody assigns it, which an application cannot give: assignments would be refused. Take it off Enablement_Admin_Assignment.`,
				'tenant administrator',
			),
		)
	return findings.length > 0
		? findings
		: [ok(about, `The tenant's policy lets it be given for ${hours(maximumMs)}.`)]
}

/** ISO 8601 with days, which the tenant writes for long times; null where it is none. */
function isoMs(text: string): number | null {
	const [, days, rest] = /^P(?:(\d{1,5})D)?(T.+)?$/.exec(text) ?? []
	if (days === undefined && rest === undefined) return null
	const more = rest === undefined ? 0 : durationMs(`P${rest}`)
	return more === null ? null : Number(days ?? 0) * 86_400_000 + more
}

const hours = (ms: number) =>
	ms >= 2 * 86_400_000 && ms % 86_400_000 === 0
		? `${ms / 86_400_000} days`
		: `${Number((ms / 3_600_000).toFixed(2))} h`
