import type { AnyStateMachine, StateNode } from 'xstate'

export type ChartState = { name: string; isFinal: boolean }
/** From one state to another; `events` names what leads there, deadlines by the name of their delay. */
export type ChartArrow = {
	from: string
	to: string
	events: string[]
	/** Whether it is gone by itself: at once, or when a time has come. */
	isTimed: boolean
}
export type Chart = { initial: string; states: ChartState[]; arrows: ChartArrow[] }

const AFTER = 'xstate.after.'

/** The statechart as states and arrows, read from the machine itself. Machines here are flat: no state holds others. */
export function chartOf(machine: AnyStateMachine): Chart {
	const nodes = Object.values(machine.states) as StateNode[]
	return {
		initial: machine.root.initial.target[0]?.key ?? '',
		states: nodes.map(({ key, type }) => ({ name: key, isFinal: type === 'final' })),
		arrows: nodes.flatMap(arrowsOf),
	}
}

function arrowsOf(node: StateNode): ChartArrow[] {
	const arrows = new Map<string, ChartArrow>()
	const add = (event: string, isTimed: boolean, to: string | undefined) => {
		if (to === undefined) return
		const arrow = arrows.get(to) ?? { from: node.key, to, events: [], isTimed: true }
		if (!arrow.events.includes(event)) arrow.events.push(event)
		arrow.isTimed &&= isTimed
		arrows.set(to, arrow)
	}
	for (const { target } of node.always ?? []) add('always', true, target?.[0]?.key)
	for (const [event, transitions] of node.transitions)
		for (const { target } of transitions) add(nameOf(event), event.startsWith(AFTER), target?.[0]?.key)
	return [...arrows.values()]
}

const nameOf = (event: string) =>
	event.startsWith(AFTER) ? (event.slice(AFTER.length).split('.')[0] ?? event) : event
