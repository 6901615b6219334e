import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The charter templates that ship with Charterkeep, by name. */
export function readTemplates(): ReadonlyMap<string, string> {
	const names = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml'))
	return new Map(
		names
			.sort()
			.map((file) => [file.replace('.yaml', ''), readFileSync(join(import.meta.dirname, file), 'utf8')]),
	)
}
