import { expect, test } from 'vitest'
import { createPersonHistory } from '#workflows/audit-export/person-history.ts'
import { sealEntry, type NewEntry } from '#workflows/ledger/leaf.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const [ALICE, FACT, PASSKEY, LINK] = [1, 2, 3, 4].map(id) as [string, string, string, string]
const [MONDAY, TUESDAY, FRIDAY] = [
	'2026-11-23T12:00:00.000Z',
	'2026-11-24T12:00:00.000Z',
	'2026-11-27T12:00:00.000Z',
] as [string, string, string]
const FROM = { validFrom: MONDAY, validUntil: null }

const entry = <K extends EntryKind>(
	kind: K,
	open: NewEntry<K>['open'],
	sealed: NewEntry<K>['sealed'],
	{ time = MONDAY, entryId = id(50) } = {},
) =>
	sealEntry(
		{ id: entryId, time, kind, subject: ALICE, actor: null, open, sealed },
		(length) => new Uint8Array(length),
	)

const clearance = entry(
	'person.clearance_recorded',
	{ factId: FACT, recordedBy: null },
	{ fact: { scheme: 'DE', level: 'U2', issuer: 'BMI', state: 'suspended', ...FROM, evidence: 'letter' } },
)
const enrolled = entry(
	'passkey.enrolled',
	{ linkId: LINK, backupEligible: false },
	{
		credential: {
			credentialId: 'key',
			publicKey: 'AA',
			aaguid: 'make',
			backedUp: false,
			transports: [],
			attestationObject: 'AA',
			clientDataJson: 'AA',
		},
	},
	{ entryId: PASSKEY },
)

test('facts are known from the time of their entry on, as it laid them open', () => {
	const history = createPersonHistory()
	history.tell(clearance.leaf, clearance.openings)
	expect(history.factsOf(ALICE, FRIDAY)).toMatchObject({
		facts: {
			clearances: [
				{ scheme: 'DE', level: 'U2', issuer: 'BMI', state: 'suspended', ...FROM, recordedAt: MONDAY },
			],
		},
		sealed: [],
	})
	expect(history.factsOf(ALICE, '2026-11-23T11:59:59.999Z').facts.clearances).toEqual([])
})

test('a clearance whose entry states nothing else is granted', () => {
	const history = createPersonHistory()
	const { leaf, openings } = entry(
		'person.clearance_recorded',
		{ factId: FACT, recordedBy: null },
		{ fact: { scheme: 'DE', level: 'U2', issuer: 'BMI', ...FROM, evidence: 'letter' } },
	)
	history.tell(leaf, openings)
	expect(history.factsOf(ALICE, FRIDAY).facts.clearances).toMatchObject([{ state: 'granted' }])
})

test('what is sealed is named, and never taken for a fact that says nothing', () => {
	const history = createPersonHistory()
	history.tell(clearance.leaf, undefined)
	expect(history.factsOf(ALICE, FRIDAY)).toMatchObject({
		facts: { clearances: [] },
		sealed: [clearance.leaf.id],
	})
})

test('a clearance that ends is known to have held until then, and before that as it was stated', () => {
	const history = createPersonHistory()
	history.tell(clearance.leaf, clearance.openings)
	const ended = entry(
		'person.clearance_ended',
		{ factId: FACT, caseId: null, cause: 'suspended' },
		{},
		{ time: TUESDAY, entryId: id(51) },
	)
	history.tell(ended.leaf, undefined)
	expect(history.factsOf(ALICE, MONDAY).facts.clearances).toMatchObject([FROM])
	expect(history.factsOf(ALICE, FRIDAY)).toMatchObject({
		facts: { clearances: [{ validFrom: MONDAY, validUntil: TUESDAY, recordedAt: TUESDAY }] },
		sealed: [],
	})
})

test('a passkey counts from its enrolment until its revocation', () => {
	const history = createPersonHistory()
	history.tell(enrolled.leaf, enrolled.openings)
	const revoked = entry(
		'passkey.revoked',
		{ credentialEntry: PASSKEY, cause: 'lost' },
		{},
		{ time: TUESDAY, entryId: id(51) },
	)
	history.tell(revoked.leaf, undefined)
	expect(history.factsOf(ALICE, FRIDAY).facts.credentials).toMatchObject([
		{ deviceBound: true, aaguid: 'make', validFrom: MONDAY, validUntil: TUESDAY },
	])
})

test('an employment and an appointment that ended with a deactivation are known by their end alone from then on', () => {
	const history = createPersonHistory()
	const [before, after] = [
		{ ...FROM, validUntil: null },
		{ ...FROM, validUntil: TUESDAY },
	]
	const told = [
		entry('person.appointed', { factId: id(60), role: 'operator', recordedBy: null }, { fact: before }),
		entry(
			'person.appointed',
			{ factId: id(61), role: 'operator', recordedBy: null },
			{ fact: after },
			{ time: TUESDAY },
		),
		entry(
			'person.deactivated',
			{ source: 'scim', facts: [{ factId: id(60), by: id(61) }], sessions: 0, removed: false },
			{},
			{ time: TUESDAY },
		),
	]
	for (const { leaf, openings } of told) history.tell(leaf, openings)
	expect(history.factsOf(ALICE, MONDAY).facts.appointments).toMatchObject([{ validUntil: null }])
	expect(history.factsOf(ALICE, FRIDAY).facts.appointments).toMatchObject([{ validUntil: TUESDAY }])
})

test('of somebody whom the log does not name, nothing is known', () => {
	expect(createPersonHistory().factsOf(ALICE, FRIDAY)).toMatchObject({
		facts: { personId: ALICE, citizenships: [] },
		sealed: [],
	})
})

test('a fact that was taken back counts until then, and its correction from then on', () => {
	const history = createPersonHistory()
	const RIGHT = id(7)
	history.tell(clearance.leaf, clearance.openings)
	const retracted = entry(
		'person.fact_retracted',
		{ factId: FACT, supersededBy: RIGHT },
		{ basis: { reason: 'The level was mistaken' } },
		{ time: TUESDAY, entryId: id(51) },
	)
	const right = entry(
		'person.clearance_recorded',
		{ factId: RIGHT, recordedBy: null, source: 'officer', corrects: FACT },
		{ fact: { scheme: 'DE', level: 'U3', issuer: 'BMI', ...FROM, evidence: 'letter' } },
		{ time: TUESDAY, entryId: id(52) },
	)
	// Why it was taken back may stay sealed: that it was lies open.
	history.tell(retracted.leaf, undefined)
	history.tell(right.leaf, right.openings)
	const levels = (at: string) => history.factsOf(ALICE, at).facts.clearances.map(({ level }) => level)
	expect(levels('2026-11-24T11:59:59.999Z')).toEqual(['U2'])
	expect(levels(TUESDAY)).toEqual(['U3'])
	expect(levels(FRIDAY)).toEqual(['U3'])
	expect(history.factsOf(ALICE, FRIDAY).sealed).toEqual([])
})

test('a fact of a kind that eligibility does not know changes nothing when it is taken back', () => {
	const history = createPersonHistory()
	history.tell(clearance.leaf, clearance.openings)
	const before = history.factsOf(ALICE, FRIDAY)
	const retracted = entry(
		'person.fact_retracted',
		{ factId: id(99), supersededBy: null },
		{ basis: { reason: 'The journey was called off' } },
		{ time: TUESDAY, entryId: id(53) },
	)
	history.tell(retracted.leaf, retracted.openings)
	expect(history.factsOf(ALICE, FRIDAY)).toEqual(before)
})
