import { findLevel } from '../charter/clearance-schemes.ts'

/** What a clearance of a scheme hangs on beside the person. */
export type ClearanceModel = {
	/** It belongs to a post, and ends with it. */
	post: boolean
	/** Somebody must vouch for the need for as long as it lasts; without them it ends. */
	sponsor: boolean
}

const PERSON_ONLY: ClearanceModel = { post: false, sponsor: false }

/**
 * Sweden classes posts and vets people for them; a French habilitation dies with the post; a Dutch VGB is for one
 * position of trust. Australian, British and American clearances live only while somebody sponsors them.
 */
const MODELS: Readonly<Record<string, ClearanceModel>> = {
	SE: { post: true, sponsor: false },
	FR: { post: true, sponsor: false },
	NL: { post: true, sponsor: false },
	AU: { post: false, sponsor: true },
	UK: { post: false, sponsor: true },
	US: { post: false, sponsor: true },
}

/** What clearances of this scheme hang on; the person alone for any other. */
export function clearanceModelOf(scheme: string): ClearanceModel {
	return (Object.hasOwn(MODELS, scheme) ? MODELS[scheme] : undefined) ?? PERSON_ONLY
}

type Held = { scheme: string; level: string; post: string | null }

/**
 * Whether a clearance that is decided anew takes the place of one that is held: same scheme, both on its ladder (what
 * stands beside it is replaced by itself alone), and the same post where clearances belong to posts.
 */
export function takesPlaceOf(fresh: Held, held: Held): boolean {
	if (fresh.scheme !== held.scheme) return false
	if (clearanceModelOf(fresh.scheme).post && held.post !== null && held.post !== fresh.post) return false
	const [a, b] = [findLevel(fresh.scheme, fresh.level), findLevel(held.scheme, held.level)]
	return fresh.level === held.level || (a !== null && b !== null && a.rank !== null && b.rank !== null)
}

/**
 * What a form may propose as the end of a clearance that is issued on this day (YYYY-MM-DD), in whole months of its
 * scheme; null where none is known. The authority's own word alone ends a clearance.
 */
export function proposedEnd(scheme: string, level: string, issuedOn: string): string | null {
	const months = findLevel(scheme, level)?.proposedValidityMonths ?? null
	if (months === null || !/^\d{4}-\d{2}-\d{2}$/.test(issuedOn)) return null
	const [year = 0, month = 1, day = 1] = issuedOn.split('-').map(Number)
	const lastDay = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
	return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay))).toISOString().slice(0, 10)
}
