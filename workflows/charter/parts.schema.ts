import { z } from 'zod'
import { durationMs, parsePeriod } from '../shared/instants.ts'
import { CLEARANCE_SCHEMES, isKnownLevel } from './clearance-schemes.ts'

/** The small parts that every section of a charter is written in. */

export const key = z
	.string()
	.regex(/^[a-z][a-z0-9-]{1,47}$/, 'Use lower-case letters, digits and hyphens, 2 to 48 characters.')
export const title = z.string().trim().min(1).max(120)
export const prose = z.string().trim().min(1).max(1000)

/** ISO 3166-1 alpha-2, upper case. */
export const country = z
	.string()
	.regex(/^[A-Z]{2}$/, 'Use a two-letter country code in capitals (ISO 3166-1), such as DE.')

export const cidr = z.union([z.cidrv4(), z.cidrv6()])

/** ISO 8601, at most days: it must have one length whatever the month. */
export const duration = z
	.string()
	.max(24)
	.refine((text) => durationMs(text) !== null, 'Write a duration as in ISO 8601, such as PT4H or PT30M.')

/** ISO 8601 with years and months allowed. */
export const period = z
	.string()
	.max(24)
	.refine((text) => {
		const parsed = parsePeriod(text)
		return parsed !== null && (parsed.months > 0 || parsed.ms > 0)
	}, 'Write a period as in ISO 8601, such as P1Y, P6M or P30D.')

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
