import type { CLOSED_FINDING_STATES } from '../grants/finding-context.ts'
import { REMOVING_STATES, type FindingState } from '../grants/finding-context.ts'
import type { LeafOf } from '../ledger/entry.schema.ts'

/** The steps of a finding that an entry tells of, decisions by what was signed and ends by how. */
type Step =
	| 'confirmed'
	| 'changed'
	| 'silent'
	| 'acceptance_over'
	| `decided.${LeafOf<'finding.decided'>['open']['step']}`
	| 'taken'
	| 'held'
	| 'removing'
	| 'removal_postponed'
	| 'removal_retried'
	| 'removal_not_confirmed'
	| 'removal_failed'
	| 'kill_switch_used'
	| `closed.${(typeof CLOSED_FINDING_STATES)[number]}`

type Ways = Partial<Record<FindingState, readonly FindingState[]>>

const BELIEVED = ['alerted', 'awaiting', 'referred', 'ordered'] as const
const stay = (...states: FindingState[]): Ways => Object.fromEntries(states.map((state) => [state, [state]]))
const allTo = (to: FindingState, ...states: FindingState[]): Ways =>
	Object.fromEntries(states.map((state) => [state, [to]]))

/** From which state a step leads to which: what `finding.machine` allows, restated for whoever only has the entries. */
const WAYS: Readonly<Record<Step, Ways>> = {
	confirmed: { seen: BELIEVED },
	changed: {
		alerted: BELIEVED,
		awaiting: BELIEVED,
		referred: BELIEVED,
		accepted: ['accepted', 'seen'],
		held: ['held'],
		// More people lose it by now than the guard let pass: it looks again.
		...Object.fromEntries(REMOVING_STATES.map((state) => [state, [state, 'ordered'] as const])),
	},
	silent: { awaiting: ['ordered', 'alerted'] },
	acceptance_over: { accepted: ['seen'] },
	'decided.remove': allTo('ordered', 'alerted', 'awaiting', 'referred', 'accepted'),
	'decided.accept': allTo('accepted', 'alerted', 'awaiting', 'accepted', 'held'),
	'decided.ask_release': { held: ['held'] },
	'decided.release': { held: ['removing'] },
	taken: stay('alerted', 'awaiting', 'referred', 'accepted', 'held', ...REMOVING_STATES),
	/** Of one of our own accesses silence is taken by its own statechart. */
	held: { ordered: ['held'], referred: ['held'] },
	removing: { ordered: ['removing'] },
	removal_postponed: { removing: ['postponed'] },
	removal_retried: { postponed: ['removing'], notConfirmed: ['notConfirmed'] },
	removal_not_confirmed: { removing: ['notConfirmed'] },
	removal_failed: allTo('notConfirmed', 'removing', 'notConfirmed'),
	kill_switch_used: stay('removing', 'notConfirmed'),
	/** From elsewhere only what was sent before it was held, or accepted, once more. */
	'closed.removed': allTo('removed', 'ordered', 'held', 'accepted', ...REMOVING_STATES),
	'closed.explained': allTo('explained', 'held', ...REMOVING_STATES),
	/** From `seen` only what was certain before, and counts anew. */
	'closed.gone': allTo('gone', 'seen', 'alerted', 'awaiting', 'referred', 'accepted', 'ordered', 'held'),
	'closed.neverConfirmed': { seen: ['neverConfirmed'] },
}

/** Where a step leads from this state; empty where it is none of this state's. */
export const waysOf = (step: Step, from: FindingState): readonly FindingState[] => WAYS[step][from] ?? []
