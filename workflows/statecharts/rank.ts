import type { Chart, ChartArrow } from './chart-of.ts'

/** A state, or where an arrow passes a layer that it has no state in. */
export type Item = { id: string; state: string | null; rank: number }
/** An arrow that leads down, through one item a layer; `isBack` leads up in truth. */
export type Route = { arrow: ChartArrow; isBack: boolean; items: Item[] }
export type Ranked = { layers: Item[][]; routes: Route[] }

/**
 * States in layers, so that arrows lead down: each state as far down as the longest way from the first. Arrows that go
 * back to a state on the way are turned for that. Arrows over several layers pass each of them at a place of their own.
 */
export function rank(chart: Chart): Ranked {
	const back = backArrows(chart)
	const ranks = longestWays(chart, back)
	const items = new Map(
		chart.states.map(({ name }) => [name, { id: name, state: name, rank: ranks.get(name) ?? 0 }] as const),
	)
	const layers: Item[][] = []
	const put = (item: Item) => {
		const layer = (layers[item.rank] ??= [])
		layer.push(item)
		return item
	}
	for (const item of items.values()) put(item)
	const routes = chart.arrows.flatMap((arrow, n): Route[] => {
		const isBack = back.has(arrow)
		const [top, bottom] = (isBack ? [arrow.to, arrow.from] : [arrow.from, arrow.to]).map((name) =>
			items.get(name),
		)
		if (!top || !bottom || top === bottom) return []
		const between = Array.from({ length: bottom.rank - top.rank - 1 }, (_, i) =>
			put({ id: `${n}.${i}`, state: null, rank: top.rank + i + 1 }),
		)
		return [{ arrow, isBack, items: [top, ...between, bottom] }]
	})
	return { layers, routes }
}

/** Arrows that lead to a state that is being gone through, found depth first in the order of the machine. */
function backArrows({ initial, states, arrows }: Chart): Set<ChartArrow> {
	const back = new Set<ChartArrow>()
	const done = new Set<string>()
	const open = new Set<string>()
	const visit = (name: string) => {
		open.add(name)
		for (const arrow of arrows) {
			if (arrow.from !== name || arrow.to === name) continue
			if (open.has(arrow.to)) back.add(arrow)
			else if (!done.has(arrow.to)) visit(arrow.to)
		}
		open.delete(name)
		done.add(name)
	}
	visit(initial)
	for (const { name } of states) if (!done.has(name)) visit(name)
	return back
}

function longestWays({ states, arrows }: Chart, back: ReadonlySet<ChartArrow>): Map<string, number> {
	const ranks = new Map(states.map(({ name }) => [name, 0]))
	const down = arrows.filter((arrow) => !back.has(arrow) && arrow.from !== arrow.to)
	for (let round = 0; round < states.length; round++)
		for (const { from, to } of down) ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1))
	return ranks
}
