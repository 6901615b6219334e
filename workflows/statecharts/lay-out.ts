import { chartOf, type Chart, type ChartArrow } from './chart-of.ts'
import { NODE } from './node-size.ts'
import { rank, type Item, type Ranked, type Route } from './rank.ts'
import type { AnyStateMachine } from 'xstate'

const GAP = { x: 18, y: 40, bend: 14 } as const
const MARGIN = 16
const PORT = 9
const SWEEPS = 24

export type PlacedState = { name: string; isFinal: boolean; x: number; y: number }
export type PlacedArrow = Omit<ChartArrow, 'events'> & { path: string }
/** Where everything stands in a picture of so many units; `x` and `y` are the middle of a state. */
export type Drawing = {
	width: number
	height: number
	states: PlacedState[]
	arrows: PlacedArrow[]
	chart: Chart
}

/** The picture of a statechart, always the same for the same machine. */
export function drawingOf(machine: AnyStateMachine): Drawing {
	const chart = chartOf(machine)
	const ranked = rank(chart)
	order(ranked)
	const xs = place(ranked)
	const left = Math.min(...[...xs].map(([item, x]) => x - halfOf(item)))
	const right = Math.max(...[...xs].map(([item, x]) => x + halfOf(item)))
	const at = (item: Item) => ({
		x: Math.round((xs.get(item) ?? 0) - left + MARGIN),
		y: MARGIN + NODE.height / 2 + item.rank * (NODE.height + GAP.y),
	})
	const items = ranked.layers.flat().filter(({ state }) => state !== null)
	const loops = chart.arrows.filter(({ from, to }) => from === to)
	return {
		width: Math.round(right - left + 2 * MARGIN) + (loops.length > 0 ? GAP.bend : 0),
		height: 2 * MARGIN + ranked.layers.length * (NODE.height + GAP.y) - GAP.y,
		states: chart.states.map(({ name, isFinal }) => ({
			name,
			isFinal,
			...at(items.find(({ state }) => state === name)!),
		})),
		arrows: [
			...ranked.routes.map((route) => ({ ...plain(route.arrow), path: pathOf(route, at) })),
			...loops.map((arrow) => ({
				...plain(arrow),
				path: loopAt(at(items.find(({ state }) => state === arrow.from)!)),
			})),
		],
		chart,
	}
}

const plain = ({ from, to, isTimed }: ChartArrow) => ({ from, to, isTimed })
const halfOf = ({ state }: Item) => (state === null ? GAP.bend : NODE.width) / 2

/** Fewer crossings: each item goes where its neighbours above, then below, stand on average. */
function order({ layers, routes }: Ranked): void {
	for (let sweep = 0; sweep < SWEEPS; sweep++) {
		const isDown = sweep % 2 === 0
		for (const layer of isDown ? layers : [...layers].reverse()) {
			const wished = new Map(layer.map((item, i) => [item, positionOf(item, layers, routes, isDown) ?? i]))
			layer.sort((a, b) => (wished.get(a) ?? 0) - (wished.get(b) ?? 0))
		}
	}
}

function positionOf(item: Item, layers: Item[][], routes: Route[], isDown: boolean): number | null {
	const others = neighboursOf(item, routes, isDown ? -1 : 1)
	if (others.length === 0) return null
	const sum = others.reduce((total, other) => {
		const layer = layers[other.rank] ?? []
		return total + (layer.indexOf(other) + 0.5) / layer.length
	}, 0)
	return (sum / others.length) * (layers[item.rank]?.length ?? 1) - 0.5
}

const neighboursOf = (item: Item, routes: readonly Route[], step: -1 | 1): Item[] =>
	routes.flatMap(({ items }) => {
		const i = items.indexOf(item)
		const other = i < 0 ? undefined : items[i + step]
		return other ? [other] : []
	})

/** Each item as near to its neighbours as the order and the room between them allow. */
function place({ layers, routes }: Ranked): Map<Item, number> {
	const xs = new Map<Item, number>()
	for (const layer of layers) spread(layer, xs, () => 0)
	for (let sweep = 0; sweep < SWEEPS; sweep++) {
		for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse())
			spread(layer, xs, (item) => {
				const others = [...neighboursOf(item, routes, -1), ...neighboursOf(item, routes, 1)]
				return others.length === 0
					? (xs.get(item) ?? 0)
					: others.reduce((sum, other) => sum + (xs.get(other) ?? 0), 0) / others.length
			})
	}
	return xs
}

/** The nearest places to those wished for that keep the order and the room (pool adjacent violators). */
function spread(layer: readonly Item[], xs: Map<Item, number>, wish: (item: Item) => number): void {
	const offsets: number[] = []
	for (const [i, item] of layer.entries()) {
		const before = layer[i - 1]
		offsets.push(before === undefined ? 0 : (offsets[i - 1] ?? 0) + halfOf(before) + GAP.x + halfOf(item))
	}
	const pools: { sum: number; count: number }[] = []
	for (const [i, item] of layer.entries()) {
		pools.push({ sum: wish(item) - (offsets[i] ?? 0), count: 1 })
		for (let last = pools.length - 1; last > 0; last--) {
			const [a, b] = [pools[last - 1]!, pools[last]!]
			if (a.sum / a.count <= b.sum / b.count) break
			pools.splice(last - 1, 2, { sum: a.sum + b.sum, count: a.count + b.count })
		}
	}
	let i = 0
	for (const { sum, count } of pools)
		for (let n = 0; n < count; n++, i++) {
			const item = layer[i]
			if (item) xs.set(item, sum / count + (offsets[i] ?? 0))
		}
}

type At = (item: Item) => { x: number; y: number }

/** From edge to edge, straight through the layers in between. Ways back run beside the ways there. */
function pathOf({ items, isBack }: Route, at: At): string {
	const shift = isBack ? PORT : -PORT
	const half = NODE.height / 2
	const points = items.flatMap((item, i): [number, number][] => {
		const { x, y } = at(item)
		const px = item.state === null ? x : x + shift
		return i === 0
			? [[px, y + half]]
			: i === items.length - 1
				? [[px, y - half]]
				: [
						[px, y - half],
						[px, y + half],
					]
	})
	const way = isBack ? points.reverse() : points
	return way
		.map(([x, y], i) => {
			const before = way[i - 1]
			if (before === undefined) return `M${x} ${y}`
			const middle = (before[1] + y) / 2
			return before[0] === x ? `V${y}` : `C${before[0]} ${middle} ${x} ${middle} ${x} ${y}`
		})
		.join(' ')
}

function loopAt({ x, y }: { x: number; y: number }): string {
	const edge = x + NODE.width / 2
	return `M${edge} ${y - 10} C${edge + 22} ${y - 14} ${edge + 22} ${y + 14} ${edge} ${y + 10}`
}
