import type { Drawing } from './lay-out.ts'
import { NODE } from './node-size.ts'

const LONGEST_LINE = 19

/** A label as at most so many letters a line, broken between words. */
export function linesOf(label: string): string[] {
	const lines: string[] = []
	for (const word of label.split(' ')) {
		const last = lines.at(-1)
		if (last !== undefined && last.length + word.length < LONGEST_LINE)
			lines[lines.length - 1] = `${last} ${word}`
		else lines.push(word)
	}
	return lines
}

/** How far the first of so many lines stands above the middle. */
export const firstLine = (lines: number) => 4.5 - (lines - 1) * 7.5
export const LINE_HEIGHT = 15

const STYLE = `
	.s{fill:#fff;stroke:#7b8896;stroke-width:1.2}.e{fill:none;stroke:#4c5a68;stroke-width:1.3}.t{stroke-dasharray:4 3}
	.f{stroke-width:3}text{font:13px system-ui,sans-serif;fill:#17212c;text-anchor:middle}.h{fill:#4c5a68}
	@media (prefers-color-scheme:dark){.s{fill:#161c23;stroke:#73818f}.e{stroke:#a3b1c0}text{fill:#e8edf3}.h{fill:#a3b1c0}}`

/** The picture as a file of its own, for documentation; light or dark as its reader has it. */
export function svgOf(drawing: Drawing, title: string, labelOf: (state: string) => string): string {
	const { width, height, states, arrows } = drawing
	const lines = [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
		`<title>${escape(title)}</title>`,
		`<style>${STYLE}</style>`,
		'<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="h" d="M0 0 8 4 0 8z"/></marker></defs>',
		...arrows.map(
			({ path, isTimed }) => `<path class="e${isTimed ? ' t' : ''}" d="${path}" marker-end="url(#a)"/>`,
		),
		...states.map(({ name, isFinal, x, y }) => {
			const text = linesOf(labelOf(name))
			const spans = text.map(
				(line, i) =>
					`<tspan x="${x}" y="${y + firstLine(text.length) + i * LINE_HEIGHT}">${escape(line)}</tspan>`,
			)
			return `<rect class="s${isFinal ? ' f' : ''}" x="${x - NODE.width / 2}" y="${y - NODE.height / 2}" width="${NODE.width}" height="${NODE.height}" rx="8"/><text>${spans.join('')}</text>`
		}),
		'</svg>',
	]
	return `${lines.join('\n')}\n`
}

const escape = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
