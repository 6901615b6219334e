import { shift, type Instant } from '../../shared/instants.ts'
import { FACT_KINDS, isFactKind, type FactKind } from './fact-kinds.ts'

/** For how many months each kind of fact is kept after a person has left. */
export type Retention = Readonly<Record<FactKind, number>>

/**
 * What is kept unless somebody sets it otherwise: what vetting rests on for five years (the longest that a national rule
 * known to us names, for the highest level), and what proves who was to have which access for seven (as for records of
 * financial controls). Charterkeep never erases by itself: what is due is listed, and an officer decides.
 */
export const DEFAULT_RETENTION: Retention = {
	citizenship: 60,
	residence: 60,
	clearance: 60,
	readIn: 60,
	briefing: 60,
	training: 60,
	agreement: 60,
	travel: 36,
	visit: 36,
	event: 60,
	employment: 84,
	appointment: 84,
	facility: 84,
}

/** Reads `kind=months` pairs separated by spaces, over the defaults; the first pair that cannot be used otherwise. */
export function readRetention(text: string): Retention | { problem: string } {
	const read: Record<FactKind, number> = { ...DEFAULT_RETENTION }
	for (const pair of text.split(/\s+/).filter(Boolean)) {
		const [, kind = '', months = ''] = /^([A-Za-z]+)=(\d{1,4})$/.exec(pair) ?? []
		if (!isFactKind(kind)) return { problem: pair }
		read[kind] = Number(months)
	}
	return read
}

/** From when on each kind may be erased, for somebody who left then; the last of them is when all of it may. */
export function dueDates(retention: Retention, leftAt: Instant): { kind: FactKind; at: Instant }[] {
	return FACT_KINDS.map((kind) => ({
		kind,
		at: shift(leftAt, { months: retention[kind], ms: 0 }),
	})).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}
