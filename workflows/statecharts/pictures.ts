import { svgOf } from './draw-svg.ts'
import { drawingOf } from './lay-out.ts'
import { MACHINES } from './machines.ts'

/** The pictures of all statecharts for the documentation, by file name; states as the machines name them. */
export function pictures(): Map<string, string> {
	return new Map(
		Object.entries(MACHINES).map(([name, machine]) => [
			`${name}.svg`,
			svgOf(drawingOf(machine), `Statechart: ${name}`, spaced),
		]),
	)
}

/** `notConfirmed` and `not_confirmed` as "not confirmed". */
const spaced = (name: string) =>
	name.replaceAll('_', ' ').replaceAll(/[a-z][A-Z]/g, ([a, b]) => `${a} ${b?.toLowerCase()}`)
