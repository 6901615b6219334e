import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pictures } from '#workflows/statecharts/pictures.ts'

/** `npm run draw-statecharts`: draws every statechart anew from its machine; a test fails while a picture is old. */
const folder = join(import.meta.dirname, '../../workflows/statecharts/drawn')
mkdirSync(folder, { recursive: true })
for (const [file, svg] of pictures()) {
	writeFileSync(join(folder, file), svg)
	console.log(`workflows/statecharts/drawn/${file}`)
}
