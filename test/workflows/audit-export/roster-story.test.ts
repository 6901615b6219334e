import { expect, test } from 'vitest'
import { portable } from '#workflows/audit-export/platform.ts'
import { createStory } from '#workflows/audit-export/story.ts'
import type { Leaf, LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { GERMAN_FAILURES } from '#app/verifier/failures-in-german.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const BOUNDARY = id(1)
const HOLDER = id(2)
const SHIFT = id(3)
const [OFFICER, PERSON] = [id(4), id(5)]
const NOON = '2026-11-24T12:00:00.000Z'
const EVENING = '2026-11-24T18:00:00.000Z'

const leaf = <K extends EntryKind>(kind: K, open: LeafOf<K>['open'], who: object = {}): Leaf =>
	({ id: id(99), subject: null, actor: OFFICER, time: NOON, ...who, kind, open }) as unknown as Leaf
const recorded = leaf('provider_boundary.recorded', {
	boundaryId: BOUNDARY,
	provider: 'azure',
	holdersNeeded: 1,
})
const changed = leaf('provider_boundary.changed', { boundaryId: BOUNDARY, holdersNeeded: 2 })
const closed = leaf('provider_boundary.closed', { boundaryId: BOUNDARY })
const held = (until: string | null, who: object = { subject: PERSON }) =>
	leaf('provider_holder.recorded', { holderId: HOLDER, boundaryId: BOUNDARY, from: NOON, until }, who)
const ended = (until: string) =>
	leaf('provider_holder.ended', { holderId: HOLDER, until }, { subject: PERSON })
const planned = (who: object = { subject: PERSON }) =>
	leaf('provider_shift.recorded', { shiftId: SHIFT, boundaryId: BOUNDARY }, who)
const removed = leaf('provider_shift.removed', { shiftId: SHIFT }, { subject: PERSON })

function codes(...leaves: Leaf[]): string[] {
	const story = createStory({ ...portable, readCharter: () => null }, () => undefined)
	return leaves.flatMap((each) => story.tell(each, undefined).map(({ code }) => code))
}

test('a boundary that is recorded, changed, held, on duty and closed holds together', () => {
	expect(codes(recorded, changed, held(null), ended(EVENING), planned(), removed, closed)).toEqual([])
})

test.each<[string, string, Leaf[]]>([
	['is changed that was never recorded', 'BOUNDARY_UNKNOWN', [changed]],
	['is recorded twice', 'BOUNDARY_TWICE', [recorded, recorded]],
	['is recorded anew after it was closed', 'BOUNDARY_TWICE', [recorded, closed, recorded]],
	['is closed twice', 'BOUNDARY_CLOSED', [recorded, closed, closed]],
	['is changed after it was closed', 'BOUNDARY_CLOSED', [recorded, closed, changed]],
	['has a holder after it was closed', 'BOUNDARY_CLOSED', [recorded, closed, held(null)]],
	['has a holder that vouched for themselves', 'ROSTER_OWN', [recorded, held(null, { subject: OFFICER })]],
	['has a holder that is nobody', 'ROSTER_OWN', [recorded, held(null, { subject: null })]],
	['loses a holder that it never had', 'HOLDER_UNKNOWN', [recorded, ended(EVENING)]],
	['has a holder for longer by an end', 'HOLDER_ENDED', [recorded, held(NOON), ended(EVENING)]],
	['loses a holder twice', 'HOLDER_ENDED', [recorded, held(null), ended(NOON), ended(NOON)]],
	['plans the duty of nobody', 'SHIFT_OF_NOBODY', [recorded, planned({ subject: null })]],
	['plans a duty before it was recorded', 'BOUNDARY_UNKNOWN', [planned()]],
	['takes out of the plan what is not in it', 'SHIFT_UNKNOWN', [recorded, planned(), removed, removed]],
])('a boundary that %s does not', (_what, code, leaves) => {
	expect(codes(...leaves)).toEqual([code])
	expect(Object.keys(GERMAN_FAILURES)).toContain(code)
})
