import { z } from 'zod'
import { durationMs, parsePeriod } from '../shared/instants.ts'
import { rangeOf } from '../facilities/networks.ts'
import { isCountry } from '../people/countries.ts'
import { CLEARANCE_SCHEMES, isKnownLevel } from './clearance-schemes.ts'
import { stateMeantBy } from './nations.ts'

/** The small parts that every section of a charter is written in. */

export const key = z
	.string()
	.regex(/^[a-z][a-z0-9-]{1,47}$/, 'Use lower-case letters, digits and hyphens, 2 to 48 characters.')
export const title = z.string().trim().min(1).max(120)
export const prose = z.string().trim().min(1).max(1000)

/** A code in capitals of a state, or of one of the other parties named. */
const codeBeside = (others: readonly string[], form: string) =>
	z.string().superRefine((code, context) => {
		if (isCountry(code) || others.includes(code)) return
		const meant = stateMeantBy(code)
		context.addIssue({
			code: 'custom',
			message: !/^[A-Z]{2}$/.test(code)
				? form
				: meant
					? `No state has the code ${code}: write ${meant}.`
					: `No state has the code ${code} (ISO 3166-1): correct it.`,
		})
	})

const CODE = 'Use a two-letter country code in capitals (ISO 3166-1), such as DE.'
/** ISO 3166-1 alpha-2, upper case. */
export const country = codeBeside([], CODE)
export const jurisdiction = codeBeside(['EU'], CODE)
export const party = codeBeside(['EU', 'NATO'], 'Use a country code, EU or NATO.')

export const cidr = z
	.string()
	.refine(
		(text) => rangeOf(text) !== null,
		'Write a network as address and prefix length, such as 10.1.0.0/16 or 2001:db8::/48.',
	)

const LONGEST_DURATION_MS = 366 * 86_400_000
const LONGEST_PERIOD_MONTHS = 1200

/** ISO 8601, at most days: it must have one length whatever the month. */
export const duration = z
	.string()
	.max(24)
	.refine((text) => durationMs(text) !== null, {
		message: 'Write a duration as in ISO 8601, such as PT4H or PT30M.',
		abort: true,
	})
	.refine((text) => (durationMs(text) ?? 0) <= LONGEST_DURATION_MS, 'Write at most P366D.')

/** ISO 8601 with years and months allowed. */
export const period = z
	.string()
	.max(24)
	.refine((text) => {
		const parsed = parsePeriod(text)
		return (
			parsed !== null &&
			(parsed.months > 0 || parsed.ms > 0) &&
			parsed.months <= LONGEST_PERIOD_MONTHS &&
			parsed.ms <= LONGEST_PERIOD_MONTHS * 31 * 86_400_000
		)
	}, 'Write a period as in ISO 8601, such as P1Y, P6M or P30D, and at most P100Y.')

/** A list that asks for all of its parts. Leaving the key out asks for nothing; an empty list would be read two ways. */
export const allOf = <T extends z.ZodType>(item: T) =>
	z.array(item).min(1, 'Name at least one, or leave the key out when none is needed.').max(50)

/** Scheme and level of a clearance; an unknown one is refused with those that there are. */
export const level = z.strictObject({ scheme: z.string().max(16), level: z.string().max(16) })

export function checkLevel(
	{ scheme, level: id }: { scheme: string; level: string },
	refuse: (path: string, message: string) => void,
): void {
	const known = Object.hasOwn(CLEARANCE_SCHEMES, scheme) ? CLEARANCE_SCHEMES[scheme] : undefined
	if (!known) {
		refuse(
			'scheme',
			`No clearance scheme is called ${scheme}: use one of ${Object.keys(CLEARANCE_SCHEMES).join(', ')}.`,
		)
	} else if (!isKnownLevel(scheme, id)) {
		refuse(
			'level',
			`The scheme ${scheme} has no such level as ${id}: use one of ${known.levels.map((l) => l.id).join(', ')}.`,
		)
	}
}
