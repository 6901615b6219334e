import { levelAtLeast } from '../../charter/clearance-schemes.ts'
import type { FactValues, FieldProblem } from './fact-kinds.ts'

/** A visit, or one that recurs, is announced for twelve months at most (visit requests of NATO and EU members). */
const MOST_MS = 366 * 86_400_000

type Span = { validFrom: Date; validUntil: Date | null }
/** A clearance as it is known now. */
export type HeldClearance = Span & Pick<FactValues['clearance'], 'scheme' | 'level' | 'state'>

/**
 * Whether granted clearances of this level or a higher one on the same ladder hold throughout, one after the other
 * without a gap. Nothing is certified for anybody that they do not hold.
 */
export function isCertifiable(
	{ scheme, level }: Pick<FactValues['visit'], 'scheme' | 'level'>,
	{ validFrom, validUntil }: Span,
	held: readonly HeldClearance[],
): boolean {
	const counting = held.filter(
		(one) => one.state === 'granted' && one.scheme === scheme && levelAtLeast(scheme, one.level, level),
	)
	let covered = validFrom.getTime()
	for (let grew = true; grew;) {
		grew = false
		for (const one of counting) {
			if (one.validFrom.getTime() > covered) continue
			const until = one.validUntil?.getTime() ?? Infinity
			if (until > covered) {
				covered = until
				grew = true
			}
		}
	}
	return validUntil === null ? covered === Infinity : covered >= validUntil.getTime()
}

/** What is wrong with a visit that is to be announced; null where nothing is. */
export function visitProblem(
	visit: FactValues['visit'],
	span: Span,
	held: readonly HeldClearance[],
): FieldProblem | null {
	const { validFrom, validUntil } = span
	if (validUntil !== null && validUntil.getTime() - validFrom.getTime() > MOST_MS)
		return { field: 'validUntil', problem: 'VISIT_TOO_LONG' }
	return isCertifiable(visit, span, held) ? null : { field: 'level', problem: 'NOT_HELD_THROUGHOUT' }
}
