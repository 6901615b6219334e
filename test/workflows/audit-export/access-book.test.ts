import { expect, test } from 'vitest'
import { createAccessBook } from '#workflows/audit-export/access-book.ts'
import type { CharterBook } from '#workflows/audit-export/charter-book.ts'
import type { createPersonHistory } from '#workflows/audit-export/person-history.ts'
import { FACT_KINDS } from '#workflows/charter/facts.ts'
import type { Leaf } from '#workflows/ledger/entry.schema.ts'

/** How an access reads that nobody saw at Entra, by how it ended. */

const FILED = '2026-11-30T08:00:00.000Z'
const SENT = '2026-11-30T08:10:00.000Z'
const ENDED = '2026-11-30T08:20:00.000Z'
const PLANNED = '2026-11-30T08:40:00.000Z'
const CHARTERS = { spans: () => [], versionOf: () => null, charterOf: () => null } as unknown as CharterBook
const PEOPLE = {
	factsOf: () => ({ sealed: [], facts: Object.fromEntries(FACT_KINDS.map((kind) => [kind, []])) }),
} as unknown as ReturnType<typeof createPersonHistory>

function rowOf(how: string | null, isSent = true) {
	const book = createAccessBook()
	const tell = (kind: string, time: string, open: object) =>
		book.tell(
			0,
			{
				kind,
				time,
				subject: 'p',
				actor: null,
				open: { requestId: 'r', grantId: 'g', ...open },
			} as unknown as Leaf,
			{},
			true,
			CHARTERS,
		)
	tell('request.filed', FILED, { role: 'operator', durationSeconds: 1800 })
	if (isSent) tell('grant.sending', SENT, { endsAt: PLANNED })
	if (how !== null) tell('grant.ended', ENDED, { how })
	return book.finish(CHARTERS, PEOPLE, ENDED).rows[0]
}

test.each(['removed', 'expired'])('what ended as %s was there, from when it was asked for', (how) => {
	expect(rowOf(how)).toMatchObject({
		state: 'ended',
		startsAt: SENT,
		endsAt: PLANNED,
		endedAt: ENDED,
		coverage: { isCovered: false, gaps: [{ from: SENT, until: ENDED, charterVersion: null }] },
	})
})

test.each(['never_active', 'held_by_other'])('what ended as %s began nowhere', (how) => {
	expect(rowOf(how)).toMatchObject({ state: 'ended', startsAt: null, endsAt: null, coverage: null })
})

test('what was only asked for has not begun', () => {
	expect(rowOf(null)).toMatchObject({ state: 'sent', startsAt: null, endsAt: null, coverage: null })
	expect(rowOf('never_active', false)).toMatchObject({ state: 'ended', startsAt: null, coverage: null })
})
