import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { charterJsonSchemaText } from '#workflows/charter/published/charter-json-schema.ts'

const PUBLISHED = join(import.meta.dirname, '../../../public/schemas/charter.schema.json')

/** `schema [--write]`: the charter document as JSON Schema, printed, or written to where it is published. */
export function schema(args: string[]): number {
	const { values } = parseArgs({ args, options: { write: { type: 'boolean', default: false } } })
	if (values.write) writeFileSync(PUBLISHED, charterJsonSchemaText())
	else process.stdout.write(charterJsonSchemaText())
	return 0
}
