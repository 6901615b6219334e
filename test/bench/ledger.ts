import { benchAppend } from './ledger/append.ts'
import { benchExport } from './ledger/export.ts'
import { benchGrowth } from './ledger/growth.ts'
import { benchSequence } from './ledger/sequence.ts'
import { benchVerify } from './ledger/verify.ts'

/** The record, a part after the other; each has a server or data of its own and leaves nothing behind. */
const PARTS: Readonly<Record<string, () => Promise<void>>> = {
	append: benchAppend,
	sequence: benchSequence,
	growth: benchGrowth,
	export: benchExport,
	verify: benchVerify,
}

/** All parts, or those that are named (`npm run bench -- ledger append sequence`). */
export async function benchLedger(names: readonly string[]): Promise<void> {
	const unknown = names.filter((name) => !Object.hasOwn(PARTS, name))
	if (unknown.length > 0)
		throw new Error(`The record has no benchmark "${unknown.join(', ')}": ${Object.keys(PARTS).join(', ')}.`)
	for (const [name, part] of Object.entries(PARTS))
		if (names.length === 0 || names.includes(name)) await part()
}
