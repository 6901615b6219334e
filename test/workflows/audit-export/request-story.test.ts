import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { judgeBoth, judgeRequester } from '#workflows/access/judge-access.ts'
import { portable } from '#workflows/audit-export/platform.ts'
import { createStory } from '#workflows/audit-export/story.ts'
import { verdictDigest } from '#workflows/charter/eligibility.ts'
import type { Leaf, LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { DecisionsEnvelope } from '#workflows/ledger/envelope.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import { toBase64Url } from '#workflows/shared/bytes.ts'
import type { Json } from '#workflows/shared/canonical-json.ts'
import type { SignedPlace } from '#workflows/grants/place.ts'
import { plusMs } from '#workflows/shared/instants.ts'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { assertionOf, LogFixture, type Person } from '#test/factories/told-log.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const [REQUEST, REQUESTER, CLERK, A, B, C, CHARTER, PASSKEY, GRANT, ABSENCE] = Array.from(
	{ length: 10 },
	(_, i) => id(i + 1),
) as [string, string, string, string, string, string, string, string, string, string]
const NOON = '2026-11-24T12:00:00.000Z'
const HOUR = 3_600_000

function leaf<K extends EntryKind>(
	kind: K,
	open: LeafOf<K>['open'],
	more: { id?: string; actor?: string | null; subject?: string | null; time?: string } = {},
): Leaf {
	const who = { subject: REQUESTER, actor: REQUESTER }
	return { id: id(99), ...who, time: NOON, ...more, kind, open } as unknown as Leaf
}
type Stages = LeafOf<'request.filed'>['open']['stages']
const inForce = leaf(
	'charter.in_force',
	{ charterId: 'test-charter', version: 1, textSha256: '0'.repeat(64) },
	{ id: CHARTER, subject: null, actor: null },
)
const filed = (stages: Stages, more: object = {}, who: object = {}) =>
	leaf(
		'request.filed',
		{ requestId: REQUEST, role: 'admin', charterEntry: CHARTER, durationSeconds: 3600, stages, ...more },
		who,
	)
const decided = (actor: string, stage: number, more: object = {}, time = NOON) =>
	leaf(
		'request.decided',
		{
			requestId: REQUEST,
			stage,
			verdict: 'approve',
			credentialEntry: PASSKEY,
			charterEntry: CHARTER,
			outcome: 'pending',
			...more,
		},
		{ actor, time },
	)
const sending = leaf('grant.sending', { grantId: GRANT, requestId: REQUEST, endsAt: plusMs(NOON, HOUR) })
const confirmed = (seconds: number) =>
	leaf('grant.confirmed', {
		grantId: GRANT,
		requestId: REQUEST,
		role: 'admin',
		startsAt: plusMs(NOON, HOUR - seconds * 1000),
		endsAt: plusMs(NOON, HOUR),
		tenantRequestId: 'tenant',
		tenantInstanceId: 'instance',
	})

const codes = (...leaves: readonly Leaf[]) => {
	const story = createStory({ ...portable, readCharter: () => null }, () => undefined)
	return [inForce, ...leaves]
		.flatMap((each) => story.tell(each, undefined))
		.map(({ code }) => code)
		.filter((code) => code !== 'CHARTER_SEALED')
}

describe('what a log tells of a request', () => {
	const groups: Stages = [{ from: 'duty', quorum: 1, alongside: [{ from: 'owner', quorum: 1 }] }]

	test('groups of one stage are filled in any order, and a grant before both is none', () => {
		expect(codes(filed(groups), decided(A, 0, { group: 1 }), decided(B, 0), sending)).toEqual([])
		expect(codes(filed(groups), decided(A, 0, { group: 1 }), sending)).toEqual(['QUORUM'])
		expect(codes(filed(groups), decided(A, 0), decided(B, 0))).toEqual(['STAGE_ORDER'])
		expect(codes(filed(groups), decided(A, 0), decided(A, 0, { group: 1 }))).toEqual(['SAME_HUMAN_TWICE'])
	})

	test('one denial ends it, or as many as the charter asks for', () => {
		const denial = { verdict: 'deny', outcome: 'denied' }
		expect(codes(filed([{ from: 'duty', quorum: 1 }]), decided(A, 0, denial), decided(B, 0))).toEqual([
			'STAGE_ORDER',
		])
		const two: Stages = [{ from: 'duty', quorum: 1, denials: 2 }]
		expect(codes(filed(two), decided(A, 0, denial), decided(B, 0), sending)).toEqual([])
	})

	test('a change makes every decision before it fall', () => {
		const amended = leaf('request.amended', {
			requestId: REQUEST,
			revision: 2,
			durationSeconds: 1800,
			fell: 1,
		})
		const one: Stages = [
			{ from: 'duty', quorum: 1 },
			{ from: 'owner', quorum: 1 },
		]
		expect(codes(filed(one), decided(A, 0), amended, decided(B, 1))).toEqual(['STAGE_ORDER'])
		expect(codes(filed(one), decided(A, 0), amended, decided(A, 0), decided(B, 1), sending)).toEqual([])
		expect(codes(filed(one), decided(A, 0), decided(B, 1), amended)).toEqual(['STAGE_ORDER'])
	})

	test('a substitute decides once the stage has escalated, or in an absence that was recorded, and not for the requester', () => {
		const stages: Stages = [{ from: 'duty', quorum: 1, escalation: { afterMs: HOUR, to: 'chief' } }]
		const asChief = { escalated: true }
		expect(codes(filed(stages), decided(A, 0, asChief))).toEqual(['NOT_ESCALATED'])
		expect(codes(filed(stages), decided(A, 0, asChief, plusMs(NOON, HOUR)))).toEqual([])
		const away = (person: string) =>
			leaf(
				'absence.recorded',
				{ absenceId: id(77), from: NOON, until: plusMs(NOON, HOUR), standInId: A },
				{ id: ABSENCE, subject: person, actor: person },
			)
		const inPlace = { ...asChief, absenceEntry: ABSENCE }
		expect(codes(away(C), filed(stages), decided(A, 0, inPlace))).toEqual([])
		expect(codes(away(C), filed(stages), decided(B, 0, inPlace))).toEqual(['NOT_ESCALATED'])
		expect(codes(away(REQUESTER), filed(stages), decided(A, 0, inPlace))).toEqual(['NOT_ESCALATED'])
		const back = leaf('absence.ended', { absenceId: id(77) }, { subject: C, actor: C })
		expect(codes(away(C), back, filed(stages), decided(A, 0, inPlace))).toEqual(['NOT_ESCALATED'])
	})

	test('an approver who gives more is found, and so is a grant longer than the shortest that was given', () => {
		const one: Stages = [{ from: 'duty', quorum: 1 }]
		expect(codes(filed(one), decided(A, 0, { grantedSeconds: 7200 }))).toEqual(['LENGTHENED'])
		const given = [filed(one), decided(A, 0, { grantedSeconds: 900 }), sending]
		expect(codes(...given, confirmed(900))).toEqual([])
		expect(codes(...given, confirmed(3600))).toEqual(['GRANT_TOO_LONG'])
	})

	test('whoever files for somebody else says so, and does not decide on it', () => {
		const one: Stages = [{ from: 'duty', quorum: 1 }]
		expect(codes(filed(one, {}, { actor: CLERK }))).toEqual(['REQUESTER'])
		expect(codes(filed(one, { onBehalf: true }, { actor: CLERK }), decided(CLERK, 0))).toEqual([
			'OWN_REQUEST',
		])
		expect(codes(filed(one, { onBehalf: true }, { actor: CLERK }), decided(A, 0), sending)).toEqual([])
	})
})

const DIRECTORY_ROLE: SignedPlace = {
	entraRoleTemplateId: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
	scope: '/',
}
const GROUP: SignedPlace = { entraGroupId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', entraRelation: 'member' }

/** Two requests of two people, decided by one signature of one approver. */
function signedTogether(
	change: (envelope: DecisionsEnvelope) => DecisionsEnvelope = (same) => same,
	target: SignedPlace = DIRECTORY_ROLE,
) {
	const log = new LogFixture()
	const [one, two] = [log.person('operator'), log.person('operator')]
	const approver = log.person('approver')
	const asked = { role: 'admin', durationSeconds: 3600 }
	const file = (requester: Person) => {
		const requestId = log.newId()
		const request = {
			requestId,
			requesterId: requester.id,
			...asked,
			...target,
			reason: 'Lock accounts',
			ticket: 'CHG-1234',
			charterTextSha256: log.textSha256,
		}
		log.add('request.filed', {
			subject: requester.id,
			actor: requester.id,
			open: {
				requestId,
				...asked,
				charterEntry: log.charterEntry,
				stages: (log.charter.roles.admin?.access?.stages ?? []).map(({ from, quorum }) => ({ from, quorum })),
			},
			sealed: {
				request,
				eligibility: {
					verdictSha256: verdictDigest(judgeRequester(log.charter, requester.facts, asked, log.now)),
					facts: requester.facts as unknown as Json as never,
				},
			},
		})
		return { requester, request }
	}
	const requests = [file(one), file(two)]
	log.wait(60_000)
	const judged = requests.map(({ requester }) =>
		judgeBoth(
			[log.charter],
			{ approver: approver.facts, requester: requester.facts },
			{ ...asked, stage: 0 },
			log.now,
		),
	)
	const envelope = change({
		v: 1,
		purpose: 'request.decisions',
		nonce: toBase64Url(new Uint8Array(randomBytes(32))),
		decisions: requests.map(({ requester, request }, i) => ({
			requestId: request.requestId,
			requestSha256: digestOf(request),
			stage: 0,
			verdict: 'approve',
			requesterId: requester.id,
			...asked,
			...target,
			charterTextSha256: log.textSha256,
			eligibilitySha256: judged[i]?.eligibilitySha256 ?? '',
		})),
		reason: '',
		approverId: approver.id,
		expiresAt: plusMs(log.now, 60_000),
	})
	const assertion = assertionOf(approver.passkey, envelope)
	for (const [i, { requester, request }] of requests.entries())
		log.add('request.decided', {
			subject: requester.id,
			actor: approver.id,
			open: {
				requestId: request.requestId,
				stage: 0,
				verdict: 'approve',
				credentialEntry: approver.passkey.entryId,
				charterEntry: log.charterEntry,
				outcome: 'pending',
			},
			sealed: {
				evidence: { envelope, assertion },
				eligibility: {
					verdictSha256: judged[i]?.eligibilitySha256 ?? '',
					facts: { approver: approver.facts, requester: requester.facts } as unknown as Json as never,
				},
			},
		})
	const later: Promise<{ code: string } | null>[] = []
	const story = createStory(
		{ ...portable, readCharter: (text) => readCharter(text).charter },
		(found) => void later.push(found),
	)
	const problems = log.entries.flatMap((entry) => story.tell(entry.leaf, entry.openings))
	return { problems: problems.map(({ code }) => code), later, story }
}

describe('several decisions in one ceremony', () => {
	test('each is proven by the one signature over all of them', async () => {
		const { problems, later, story } = signedTogether()
		expect(problems).toEqual([])
		expect(await Promise.all(later)).toEqual(later.map(() => null))
		expect(story.counts()).toMatchObject({ decisions: 2, signatures: 2, reevaluated: 4 })
	})

	test('a place in a group is signed as one, and neither another one nor a directory role passes for it', async () => {
		const asked = signedTogether((same) => same, GROUP)
		expect(asked.problems).toEqual([])
		expect(await Promise.all(asked.later)).toEqual(asked.later.map(() => null))
		const signedAs = (place: object) =>
			signedTogether(
				(all) => ({
					...all,
					decisions: all.decisions.map(
						({ entraGroupId: _g, entraRelation: _r, entraRoleTemplateId: _t, scope: _s, ...each }) => ({
							...each,
							...place,
						}),
					),
				}),
				GROUP,
			).problems
		expect(signedAs({ ...GROUP, entraRelation: 'owner' })).toEqual(['ENVELOPE_DIFFERS', 'ENVELOPE_DIFFERS'])
		expect(signedAs(DIRECTORY_ROLE)).toEqual(['ENVELOPE_DIFFERS', 'ENVELOPE_DIFFERS'])
		// Neither, both, or half of one is written by nobody.
		const half = { entraGroupId: '729827e3-9c14-49f7-bb1b-9608f156bbb8' }
		for (const none of [{}, { ...GROUP, ...DIRECTORY_ROLE }, half])
			expect(() => signedAs(none), JSON.stringify(none)).toThrow()
	})

	test('one that the signature does not name, names twice, or names otherwise is found', () => {
		const without = signedTogether((all) => ({ ...all, decisions: all.decisions.slice(1) }))
		expect(without.problems).toContain('ENVELOPE_DIFFERS')
		const twice = signedTogether((all) => ({
			...all,
			decisions: [...all.decisions, ...all.decisions.slice(0, 1)],
		}))
		expect(twice.problems).toContain('ENVELOPE_DIFFERS')
		const denied = signedTogether((all) => ({
			...all,
			decisions: all.decisions.map((each, i) => (i === 0 ? { ...each, verdict: 'deny' as const } : each)),
		}))
		expect(denied.problems).toEqual(['ENVELOPE_DIFFERS'])
		const longer = signedTogether((all) => ({
			...all,
			decisions: all.decisions.map((each) => ({ ...each, durationSeconds: 7200 })),
		}))
		expect(longer.problems).toEqual(['ENVELOPE_DIFFERS', 'ENVELOPE_DIFFERS'])
	})
})
