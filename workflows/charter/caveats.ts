import { stateOfTrigraph } from './nations.ts'

/**
 * National caveats: each admits the citizens of some states, whatever their level. They restrict on top of a
 * clearance and never replace one; an additional citizenship does not exclude unless the charter says so.
 */
const NATIONAL: Readonly<Record<string, readonly string[]>> = {
	/** Not releasable to foreign nationals (United States). */
	NOFORN: ['US'],
	'UK EYES ONLY': ['GB'],
	'SPECIAL FRANCE': ['FR'],
	'CANADIAN EYES ONLY': ['CA'],
	/** Australian eyes only. */
	AUSTEO: ['AU'],
	/** New Zealand eyes only. */
	NZEO: ['NZ'],
}

export const NATIONAL_CAVEATS: readonly string[] = Object.keys(NATIONAL)

const REL_TO = /^REL TO ([A-Z]{3}(?:, ?[A-Z]{3})*)$/

/**
 * States whose citizens a caveat admits: a national one by its name, or a release list such as "REL TO USA, GBR".
 * Null when the text is neither, or names a state that is not known here.
 */
export function statesOfCaveat(caveat: string): readonly string[] | null {
	if (Object.hasOwn(NATIONAL, caveat)) return NATIONAL[caveat] ?? null
	const states = REL_TO.exec(caveat)?.[1]?.split(/, ?/).map(stateOfTrigraph)
	return states?.every((state) => state !== null) ? states : null
}
