import { structuredPatch } from 'diff'
import { findCharterVersionNumber } from '#db/queries/charter.ts'
import type { Deps } from '../deps.ts'
import { compareCharters } from './compare-charters.ts'
import type { DiffLine, DiffView, TextDiff } from './views.ts'

/** Unchanged lines that are shown around a change. */
const AROUND = 3
/** Two texts that have little in common would take minutes; nobody reads such a comparison. */
const LONGEST_MS = 1000

/** Two versions that are or were in force, compared in words and line by line. Everybody may read it. */
export async function showDiff(deps: Deps, from: number, to: number): Promise<DiffView> {
	const { db } = deps.database
	const [before, after] = [
		await deps.charters.version(db, (await findCharterVersionNumber(db, from)).id),
		await deps.charters.version(db, (await findCharterVersionNumber(db, to)).id),
	]
	return {
		from: { version: before.version, textSha256: before.textSha256 },
		to: { version: after.version, textSha256: after.textSha256 },
		text: diffTexts(before.yaml, after.yaml),
		changes: compareCharters(before.charter, after.charter),
	}
}

/** What was taken out of a text and put into it, line by line. */
export function diffTexts(before: string, after: string): TextDiff {
	const patch = structuredPatch('', '', before, after, undefined, undefined, {
		context: AROUND,
		timeout: LONGEST_MS,
	})
	if (!patch) return { hunks: null, added: lineCount(after), removed: lineCount(before) }
	const hunks = patch.hunks.map(({ oldStart, newStart, lines }) => ({
		lines: numbered(oldStart, newStart, lines),
	}))
	const count = (kind: DiffLine['kind']) =>
		hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.kind === kind).length, 0)
	return { hunks, added: count('added'), removed: count('removed') }
}

const lineCount = (text: string) => text.split('\n').length

function numbered(oldStart: number, newStart: number, lines: readonly string[]): DiffLine[] {
	let [before, after] = [oldStart, newStart]
	return lines.flatMap((line): DiffLine[] => {
		const text = line.slice(1)
		switch (line[0]) {
			case '+':
				return [{ kind: 'added', before: null, after: after++, text }]
			case '-':
				return [{ kind: 'removed', before: before++, after: null, text }]
			case ' ':
				return [{ kind: 'same', before: before++, after: after++, text }]
			default:
				// "\ No newline at end of file": of no meaning for a charter.
				return []
		}
	})
}
