import { sha256 } from '#app/utils/sha256.server.ts'
import { parseArgs } from 'node:util'
import type { Reader } from '#db/client.ts'
import { tileReader } from '#app/services/ledger/tree.server.ts'
import { parseCheckpointBody } from '#workflows/ledger/checkpoint.ts'
import { addCheckpointBody, tlogProof } from '#workflows/ledger/proof-files.ts'
import { parseNote } from '#workflows/ledger/signed-note.ts'
import { consistencyRanges, inclusionRanges, rootsOf } from '#workflows/ledger/tree-proofs.ts'
import { CommandError } from '../command-error.ts'
import { withDatabase } from '../open-database.ts'
import { demandPublished } from './published.ts'

const INSTEAD = 'use an export of the log'

/** `log proof INDEX`: a C2SP tlog-proof on standard output. */
export async function proveEntry(args: string[]): Promise<number> {
	const index = wholeNumber(args, 'the index of an entry', 'log proof INDEX')
	return withDatabase(
		async ({ db }) => {
			const { note, size } = await signedHead(db)
			if (index >= size)
				throw new CommandError(`The log has ${size} entries, the first with index 0: there is no ${index}.`)
			const proof = await rootsOf(inclusionRanges(index, size), tileReader(db, size), sha256)
			process.stdout.write(tlogProof({ index, proof, checkpoint: note }))
			return 0
		},
		{ instead: INSTEAD },
	)
}

/** `log consistency SIZE`: the body of a C2SP add-checkpoint request on standard output. */
export async function proveConsistency(args: string[]): Promise<number> {
	const old = wholeNumber(args, 'the size of the earlier log', 'log consistency SIZE')
	return withDatabase(
		async ({ db }) => {
			const { note, size } = await signedHead(db)
			if (old > size) throw new CommandError(`The log has ${size} entries, fewer than ${old}.`)
			const proof = old === 0 ? [] : await rootsOf(consistencyRanges(old, size), tileReader(db, size), sha256)
			process.stdout.write(addCheckpointBody({ old, proof, checkpoint: note }))
			return 0
		},
		{ instead: INSTEAD },
	)
}

/** The checkpoint that is given out, and the size that it says: a proof must fit the head that goes with it. */
async function signedHead(reader: Reader): Promise<{ note: string; size: number }> {
	const checkpoint = await demandPublished(reader)
	const head = parseCheckpointBody(parseNote(checkpoint.note)?.text ?? '')
	if (head?.size !== checkpoint.size) throw new CommandError('The stored checkpoint is not of its own size.')
	return { note: checkpoint.note, size: head.size }
}

function wholeNumber(args: string[], what: string, usage: string): number {
	const { positionals } = parseArgs({ args, allowPositionals: true, options: {} })
	const [text = '', ...more] = positionals
	const value = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN
	if (more.length > 0 || !Number.isSafeInteger(value))
		throw new CommandError(`Give ${what} as a whole number: ${usage}`)
	return value
}
