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

/**
 * The statechart as states and arrows, read from the machine itself. Of a state that holds others those are shown, each with
 * what leads on from the state around it: a picture says of every state everything that may happen in it.
 */
export function chartOf(machine: AnyStateMachine): Chart {
	const nodes = (Object.values(machine.states) as StateNode[]).flatMap(leavesOf)
	return {
		initial: firstOf(machine.root)?.key ?? '',
		states: nodes.map(({ key, type }) => ({ name: key, isFinal: type === 'final' })),
		arrows: nodes.flatMap(arrowsOf),
	}
}

const leavesOf = (node: StateNode): StateNode[] =>
	node.type === 'compound' ? Object.values<StateNode>(node.states).flatMap(leavesOf) : [node]

/** The state that is entered with this one. */
const firstOf = (node: StateNode | undefined): StateNode | undefined =>
	node?.type === 'compound' ? firstOf(node.initial.target[0] as StateNode | undefined) : node

function arrowsOf(leaf: StateNode): ChartArrow[] {
	const arrows = new Map<string, ChartArrow>()
	const add = (event: string, isTimed: boolean, target: StateNode | undefined) => {
		const to = firstOf(target)?.key
		if (to === undefined) return
		const arrow = arrows.get(to) ?? { from: leaf.key, to, events: [], isTimed: true }
		if (!arrow.events.includes(event)) arrow.events.push(event)
		arrow.isTimed &&= isTimed
		arrows.set(to, arrow)
	}
	for (
		let node: StateNode | undefined = leaf;
		node !== undefined && node !== leaf.machine.root;
		node = node.parent
	) {
		for (const { target } of node.always ?? []) add('always', true, target?.[0] as StateNode | undefined)
		for (const [event, transitions] of node.transitions)
			for (const { target } of transitions)
				add(nameOf(event), event.startsWith(AFTER), target?.[0] as StateNode | undefined)
	}
	return [...arrows.values()]
}

const nameOf = (event: string) =>
	event.startsWith(AFTER) ? (event.slice(AFTER.length).split('.')[0] ?? event) : event
