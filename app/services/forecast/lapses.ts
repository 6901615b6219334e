import type { EndingFact } from '#db/queries/forecast.ts'
import type { Course } from '#workflows/charter/forecast/course.ts'
import type { Forecast, Loss } from '#workflows/charter/forecast/forecast.ts'
import type { FactKind } from '#workflows/people/facts/fact-kinds.ts'
import type { ClauseCode } from '#workflows/charter/verdict.ts'

/** What follows when something ends: too few are left for a quorum, somebody loses a role, or nothing. */
export const WEIGHTS = ['quorum', 'role', 'nothing'] as const
export type Weight = (typeof WEIGHTS)[number]

/** Something of a person that ends. */
export type Lapse = {
	/** Of the fact; of what the charter ends by itself, made of person and instant. */
	id: string
	personId: string
	at: number
	/** The kind of fact that ends; null where the charter, and not the fact, says how long it counts. */
	kind: FactKind | null
	/** What the fact is about where that may stand in a list. */
	detail: string
	weight: Weight
	/** Seats that the person no longer fills from then on. */
	ends: readonly number[]
	codes: readonly ClauseCode[]
	/** It is a new charter that ends it. */
	byCharter: boolean
}

/** Clauses that a fact of each kind can be missing for. */
const ENDS: Readonly<Record<FactKind, readonly ClauseCode[]>> = {
	citizenship: [
		'CITIZENSHIP',
		'CITIZENSHIP_SOLE',
		'CITIZENSHIP_EXCLUDED',
		'UNION_CITIZEN',
		'US_PERSON',
		'CAVEAT',
		'DUAL_NATIONALITY',
	],
	residence: ['RESIDENCE', 'UNION_RESIDENT', 'US_PERSON', 'DUAL_NATIONALITY'],
	clearance: ['CLEARANCE'],
	readIn: [],
	briefing: ['BRIEFING'],
	training: ['TRAINING'],
	agreement: [],
	employment: ['EMPLOYER'],
	appointment: ['APPOINTMENT'],
	facility: ['FACILITY'],
	travel: [],
	visit: [],
	event: [],
}

/**
 * Every fact that ends, and everything that a charter ends by itself (a course that counts for a year, a clearance that
 * must last on, a version that comes into force), with the roles that the person loses in that instant. What brings a
 * role below its quorum comes first, then what takes a role from somebody, each by date.
 */
export function lapsesOf(forecast: Forecast, course: Course, facts: readonly EndingFact[]): Lapse[] {
	const losses = new Map<string, Loss[]>()
	for (const loss of forecast.losses) {
		const name = `${loss.personId} ${loss.at}`
		losses.set(name, [...(losses.get(name) ?? []), loss])
	}
	const weightOf = (ended: readonly Loss[]): Weight =>
		ended.length === 0 ? 'nothing' : ended.some((loss) => isBelow(course, loss)) ? 'quorum' : 'role'
	const told = new Set<Loss>()
	const lapses = facts.map((fact): Lapse => {
		const at = losses.get(`${fact.personId} ${fact.at.getTime()}`) ?? []
		const ended = at.filter(({ codes }) => codes.some((code) => ENDS[fact.kind].includes(code)))
		for (const loss of ended) told.add(loss)
		return {
			id: fact.id,
			personId: fact.personId,
			at: fact.at.getTime(),
			kind: fact.kind,
			detail: fact.detail,
			weight: weightOf(ended),
			...endingsOf(ended),
		}
	})
	for (const all of losses.values()) {
		const ended = all.filter((loss) => !told.has(loss))
		const [first] = ended
		if (first === undefined) continue
		const { personId, at } = first
		lapses.push({
			id: `${personId}.${at}`,
			personId,
			at,
			kind: null,
			detail: '',
			weight: weightOf(ended),
			...endingsOf(ended),
		})
	}
	return lapses.sort(inOrder)
}

const endingsOf = (ended: readonly Loss[]) => ({
	ends: ended.map(({ seat }) => seat),
	codes: [...new Set(ended.flatMap(({ codes }) => codes))],
	byCharter: ended.some(({ byCharter }) => byCharter),
})

/** Whether fewer than are needed are left from that instant on. */
function isBelow({ seats }: Course, { seat, at }: Loss): boolean {
	const { steps = [], needs = [] } = seats[seat] ?? {}
	const count = steps.findLast((step) => step.at <= at)?.count ?? 0
	const needed = needs.findLast((need) => need.at <= at)?.needed ?? 0
	return count < needed
}

/** By what follows, then by date, then by id. */
export function inOrder(
	a: Pick<Lapse, 'weight' | 'at' | 'id'>,
	b: Pick<Lapse, 'weight' | 'at' | 'id'>,
): number {
	return (
		WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight) ||
		a.at - b.at ||
		(a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
	)
}
