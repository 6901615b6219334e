import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { grants as german } from '#app/messages/de/grants.ts'
import { grants as english } from '#app/messages/en/grants.ts'
import { chartOf } from '#workflows/statecharts/chart-of.ts'
import { drawingOf } from '#workflows/statecharts/lay-out.ts'
import { MACHINES } from '#workflows/statecharts/machines.ts'
import { NODE } from '#workflows/statecharts/node-size.ts'
import { pictures } from '#workflows/statecharts/pictures.ts'

const DRAWN = join(import.meta.dirname, '../../../workflows/statecharts/drawn')

test('the pictures are those of the machines as they are: else run npm run draw-statecharts', () => {
	const stored = new Map(readdirSync(DRAWN).map((file) => [file, readFileSync(join(DRAWN, file), 'utf8')]))
	expect([...stored.keys()].sort()).toEqual([...pictures().keys()].sort())
	for (const [file, svg] of pictures()) expect(stored.get(file), file).toBe(svg)
})

describe.each(Object.entries(MACHINES))('the picture of %s', (_name, machine) => {
	const { states, arrows, width, height } = drawingOf(machine)

	test('shows every state once, inside and beside the others', () => {
		expect(states.map(({ name }) => name)).toEqual(chartOf(machine).states.map(({ name }) => name))
		for (const [i, a] of states.entries()) {
			expect(a.x - NODE.width / 2).toBeGreaterThanOrEqual(0)
			expect(a.x + NODE.width / 2).toBeLessThanOrEqual(width)
			expect(a.y + NODE.height / 2).toBeLessThanOrEqual(height)
			for (const b of states.slice(i + 1))
				expect(Math.abs(a.x - b.x) < NODE.width && Math.abs(a.y - b.y) < NODE.height).toBe(false)
		}
	})

	test('shows every arrow, each from one state to another', () => {
		const names = new Set(states.map(({ name }) => name))
		expect(arrows.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(
			chartOf(machine)
				.arrows.map(({ from, to }) => `${from} ${to}`)
				.sort(),
		)
		for (const { from, to } of arrows) expect(names.has(from) && names.has(to)).toBe(true)
	})
})

test.each(['request', 'grant', 'breakGlass', 'lockbox', 'finding'] as const)(
	'every state and event of %s has its words',
	(name) => {
		const chart = chartOf(MACHINES[name])
		const keys = [
			...chart.states.map((state) => `state_${name}_${state.name}`),
			...chart.arrows.flatMap(({ events }) => events.map((event) => `event_${event}`)),
		]
		for (const words of [english, german])
			expect(keys.filter((key) => !Object.hasOwn(words, key))).toEqual([])
	},
)
