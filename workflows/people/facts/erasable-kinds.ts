import type { Instant } from '../../shared/instants.ts'
import type { FactKind } from './fact-kinds.ts'

/** From these it is counted when somebody left: without them, everything else would be due too early. */
const SAY_WHEN_LEFT: ReadonlySet<FactKind> = new Set<FactKind>(['employment', 'appointment'])

/**
 * Kinds that requests and decisions are judged on: the entry of each holds a copy of all of them together, so that
 * whoever erases one kind erases those copies with it.
 */
export const JUDGED_KINDS: ReadonlySet<FactKind> = new Set<FactKind>([
	'citizenship',
	'residence',
	'clearance',
	'briefing',
	'training',
	'employment',
	'appointment',
	'facility',
])

/**
 * Which kinds of fact may be erased of somebody who left: those that are held and whose time is over, in the order in
 * which they became due. What says when they left goes last, once the time of all that is held is over.
 */
export function erasableKinds(
	dates: readonly { kind: FactKind; at: Instant }[],
	held: ReadonlySet<FactKind>,
	now: Instant,
): FactKind[] {
	const own = dates.filter(({ kind }) => held.has(kind))
	const due = own.filter(({ at }) => at <= now).map(({ kind }) => kind)
	return due.length === own.length ? due : due.filter((kind) => !SAY_WHEN_LEFT.has(kind))
}
