import { describe, expect, test } from 'vitest'
import { createFindingStory } from '#workflows/audit-export/finding-story.ts'
import type { CharterBook } from '#workflows/audit-export/charter-book.ts'
import type { ToldSignature } from '#workflows/audit-export/signatures.ts'
import type { FindingState } from '#workflows/grants/finding-context.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { digestOf } from '#workflows/ledger/leaf.ts'
import type { LeafOf } from '#workflows/ledger/entry.schema.ts'
import type { EntryKind } from '#workflows/ledger/open-parts.schema.ts'
import type { ShownDifference } from '#workflows/ledger/finding-parts.schema.ts'

const ID = '00000000-0000-7000-8000-000000000001'
const CHARTER = '00000000-0000-7000-8000-000000000002'
const HOLDER = '00000000-0000-7000-8000-000000000003'
const OFFICER = '00000000-0000-7000-8000-000000000004'
const OTHER = '00000000-0000-7000-8000-000000000005'
const STRANGER = '00000000-0000-7000-8000-000000000007'
const KEY = '00000000-0000-7000-8000-000000000006'
const TIME = '2026-12-01T12:00:00.000Z'
const TEXT = 'ab'.repeat(32)

const shown: ShownDifference = {
	findingId: ID,
	kinds: ['outOfBand'],
	principalId: 'user-1',
	principalKind: 'user',
	place: { kind: 'role', roleDefinitionId: 'role-a', directoryScopeId: '/' },
	policy: null,
	standing: 'active',
	through: null,
	until: null,
	reasons: [],
}

/** A story under a charter with this reaction, and the signatures that it asks to have checked. */
function start(reaction: unknown = 'remove', more: object = {}) {
	/** Entries are three seconds apart. */
	let [seconds, findingId] = [0, ID]
	let lasting = 3
	let now = shown
	let reacts = reaction
	const charterNow = () =>
		({
			entra: { endSessions: false, findings: { outOfBand: reacts }, ...more },
			roles: {},
		}) as unknown as Charter
	const checked: ToldSignature[] = []
	const charters = {
		charterOf: charterNow,
		around: () => [charterNow()],
		hashes: new Map([[CHARTER, TEXT]]),
	} as unknown as CharterBook
	const story = createFindingStory(
		{
			check(told) {
				checked.push(told)
				return []
			},
		},
		charters,
		(personId) => personId !== STRANGER,
	)
	const leaf = <K extends EntryKind>(kind: K, open: LeafOf<K>['open'], actor: string | null = null) =>
		({
			v: 1,
			id: ID,
			kind,
			time: new Date(Date.parse(TIME) + (seconds += lasting) * 1000).toISOString(),
			subject: HOLDER,
			actor,
			open: 'findingId' in open ? { ...open, findingId } : open,
			seals: {},
		}) as LeafOf<K>
	const openings = () => ({ difference: { salt: '', record: { ...now, findingId } } })
	return {
		checked,
		story,
		/** What follows is told of another finding, or so many seconds after the entry before it. */
		of: (other: string) => void (findingId = other),
		every: (apart: number) => void (lasting = apart),
		/** Another charter comes into force. */
		asks: (other: unknown) => void (reacts = other),
		/** So long after the first. */
		at: (ms: number) => new Date(Date.parse(TIME) + ms).toISOString(),
		takes: (actor: string | null) => story.tellTaken(leaf('finding.taken', { findingId: ID }, actor)),
		silent: (outcome: 'ordered' | 'alerted') =>
			story.tellSilent(leaf('finding.silent', { findingId: ID, outcome })),
		/** Seen otherwise from here on. */
		shows: (told: Partial<ShownDifference>) => void (now = { ...now, ...told }),
		changesTo: (
			outcome: FindingState,
			does: 'remove' | 'alert' | 'decide',
			more: Pick<LeafOf<'finding.changed'>['open'], 'decideBy' | 'isAsked'> = {},
		) =>
			story.tellChanged(
				leaf('finding.changed', {
					findingId: ID,
					kinds: ['outOfBand'],
					reaction: does,
					charterEntry: CHARTER,
					outcome,
					...more,
				}),
				openings(),
			),
		acceptanceOver: () => story.tellAcceptanceOver(leaf('finding.acceptance_over', { findingId: ID })),
		postpones: () =>
			story.tellRemoval(leaf('finding.removal_postponed', { findingId: ID, until: TIME, code: 'TOO_EARLY' })),
		opens: (kinds: ShownDifference['kinds'] = ['outOfBand']) =>
			story.tellOpened(
				leaf('finding.opened', {
					findingId: ID,
					family: 'holding',
					kinds,
					standing: 'active',
					roles: ['operator'],
					charterEntry: CHARTER,
				}),
				openings(),
			),
		opensAs: (standing: ShownDifference['standing'], told: Partial<ShownDifference>) =>
			story.tellOpened(
				leaf('finding.opened', {
					findingId: ID,
					family: 'holding',
					kinds: ['outOfBand'],
					standing,
					roles: ['operator'],
					charterEntry: CHARTER,
				}),
				{ difference: { salt: '', record: { ...shown, ...told, findingId } } },
			),
		confirms: (outcome: 'ordered' | 'alerted' | 'awaiting', does: 'remove' | 'alert' | 'decide' = 'remove') =>
			story.tellConfirmed(
				leaf('finding.confirmed', {
					findingId: ID,
					kinds: ['outOfBand'],
					reaction: does,
					decideBy: null,
					charterEntry: CHARTER,
					outcome,
				}),
				openings(),
			),
		removes: (orderedBy: 'rule' | 'silence' | 'decision' = 'rule', people?: number) =>
			story.tellRemoving(
				leaf('finding.removing', { findingId: ID, orderedBy, ...(people === undefined ? {} : { people }) }),
			),
		holds: () =>
			story.tellHeld(
				leaf('finding.held', { findingId: ID, most: 1, withinSeconds: 60, charterEntry: CHARTER }),
			),
		endsSessions: () => story.tellSessionsEnded(leaf('finding.sessions_ended', { findingId: ID })),
		closes: (how: 'removed' | 'gone' | 'explained' | 'neverConfirmed') =>
			story.tellClosed(leaf('finding.closed', { findingId: ID, how })),
		decides: (
			step: 'remove' | 'ask_release' | 'release' | 'accept',
			actor: string,
			outcome: 'ordered' | 'held' | 'removing' | 'accepted',
			differenceSha256 = digestOf(shown),
			acceptedUntil: string | null = null,
		) => {
			const envelope = {
				v: 1,
				purpose: 'finding.decision',
				nonce: 'n'.repeat(43),
				step,
				findings: [{ findingId: ID, differenceSha256 }],
				officerId: actor,
				reasonSha256: digestOf({ nonce: 'n'.repeat(43), reason: 'Because' }),
				acceptedUntil,
				charterTextSha256: TEXT,
				expiresAt: TIME,
			}
			const assertion = { credentialId: 'AA', authenticatorData: 'AA', clientDataJson: 'AA', signature: 'AA' }
			return story.tellDecided(
				leaf(
					'finding.decided',
					{
						findingId: ID,
						step,
						acceptedUntil,
						credentialEntry: KEY,
						charterEntry: CHARTER,
						outcome,
					},
					actor,
				),
				{
					evidence: { salt: '', record: { envelope, assertion } },
					reason: { salt: '', record: { text: 'Because' } },
				},
			)
		},
	}
}
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)

describe('findings in a log', () => {
	test('hold together where the charter removes, and the guard lets it pass', () => {
		const log = start()
		expect([...log.opens(), ...log.confirms('ordered'), ...log.removes(), ...log.closes('removed')]).toEqual(
			[],
		)
		expect(log.story.counts()).toEqual({ findings: 1, findingsRemoved: 1 })
	})
	test('what begins later is told with its begin, and nothing that can be used now is told as such', () => {
		expect(start().opensAs('scheduled', { standing: 'scheduled', from: TIME })).toEqual([])
		expect(start().opensAs('scheduled', { standing: 'scheduled', from: null })).toEqual([])
		expect(codes(start().opensAs('scheduled', { standing: 'scheduled' }))).toEqual(['FINDING_DIFFERS'])
		expect(codes(start().opensAs('active', { from: TIME }))).toEqual(['FINDING_DIFFERS'])
		expect(codes(start().opensAs('scheduled', { standing: 'active' }))).toEqual(['FINDING_DIFFERS'])
	})
	test('a removal that the charter does not order, or nobody, is refused', () => {
		const mild = start('alert')
		mild.opens()
		expect(codes(mild.confirms('ordered'))).toEqual(['FINDING_RULE'])
		const unordered = start()
		unordered.opens()
		unordered.confirms('alerted', 'alert')
		expect(codes(unordered.removes())).toEqual(['FINDING_UNORDERED'])
	})
	test('what was never sent is not removed', () => {
		const log = start()
		log.opens()
		log.confirms('ordered')
		expect(codes(log.closes('removed'))).toEqual(['FINDING_UNSENT'])
	})
	test('what the guard held is sent only with two different officers', () => {
		const alone = start()
		alone.opens()
		alone.confirms('ordered')
		alone.holds()
		expect(codes(alone.removes())).toEqual(['FINDING_HELD'])
		const two = start()
		two.opens()
		two.confirms('ordered')
		two.holds()
		two.decides('ask_release', OFFICER, 'held')
		expect(codes(two.decides('release', OFFICER, 'removing'))).toEqual(['FINDING_ONE_OFFICER'])
		const good = start()
		good.opens()
		good.confirms('ordered')
		good.holds()
		expect([
			...good.decides('ask_release', OFFICER, 'held'),
			...good.decides('release', OTHER, 'removing'),
			...good.closes('removed'),
		]).toEqual([])
	})
	test('nobody decides on what they hold, and the signature is for what was shown', () => {
		const own = start('alert')
		own.opens()
		own.confirms('alerted', 'alert')
		expect(codes(own.decides('remove', HOLDER, 'ordered'))).toEqual(['FINDING_OWN'])
		const log = start('alert')
		log.opens()
		log.confirms('alerted', 'alert')
		expect(log.decides('remove', OFFICER, 'ordered')).toEqual([])
		expect(log.checked.map(({ isAgreed }) => isAgreed)).toEqual([true])
		const other = start('alert')
		other.opens()
		other.confirms('alerted', 'alert')
		other.decides('remove', OFFICER, 'ordered', 'cd'.repeat(32))
		expect(other.checked.map(({ isAgreed }) => isAgreed)).toEqual([false])
	})
	test('steps on what was not found, twice found, told otherwise or over are refused', () => {
		const none = start()
		expect(codes(none.removes())).toEqual(['FINDING_UNKNOWN'])
		const log = start()
		log.opens()
		expect(codes(log.opens(['permanent']))).toEqual(['FINDING_AGAIN', 'FINDING_DIFFERS'])
		log.closes('gone')
		expect(codes(log.closes('gone'))).toEqual(['FINDING_OVER'])
	})

	test('nothing is believed before it was seen twice, apart', () => {
		const log = start()
		log.every(1)
		log.opens()
		expect(codes(log.confirms('ordered'))).toEqual(['FINDING_EARLY'])
	})
	test('what counts anew may go by itself, and what was never certain comes to nothing', () => {
		const anew = start('alert')
		anew.opens()
		anew.confirms('alerted', 'alert')
		anew.decides('accept', OFFICER, 'accepted', undefined, '2026-12-02T12:00:00.000Z')
		expect(anew.changesTo('seen', 'alert')).toEqual([])
		expect(anew.closes('gone')).toEqual([])
		const never = start('alert')
		never.opens()
		expect(codes(never.closes('gone'))).toEqual(['FINDING_ORDER'])
	})
	test('a removal that is held or under way may be seen otherwise, and be given up', () => {
		for (const outcome of ['held', 'removing', 'postponed'] as const) {
			const log = start()
			log.opens()
			log.confirms('ordered')
			if (outcome === 'held') log.holds()
			else log.removes()
			if (outcome === 'postponed') log.postpones()
			expect(log.changesTo(outcome, 'alert')).toEqual([])
			expect(log.closes('explained')).toEqual([])
		}
		const log = start()
		log.opens()
		log.confirms('ordered')
		log.removes()
		expect(codes(log.changesTo('alerted', 'alert'))).toContain('FINDING_ORDER')
	})
	test('each goes the way of its statechart', () => {
		const twice = start('alert')
		twice.opens()
		twice.confirms('alerted', 'alert')
		expect(codes(twice.confirms('alerted', 'alert'))).toEqual(['FINDING_ORDER'])
		expect(codes(twice.closes('neverConfirmed'))).toEqual(['FINDING_ORDER'])
		const early = start('alert')
		early.opens()
		expect(codes(early.takes(OFFICER))).toEqual(['FINDING_ORDER'])
		expect(codes(early.decides('remove', OFFICER, 'ordered'))).toEqual(['FINDING_ORDER'])
		const still = start('alert')
		still.opens()
		still.confirms('alerted', 'alert')
		expect(codes(still.postpones())).toEqual(['FINDING_UNSENT'])
		expect(codes(still.decides('release', OFFICER, 'removing'))).toEqual([
			'FINDING_ORDER',
			'FINDING_ONE_OFFICER',
		])
	})
	test('a charter that asks for a decision is not taken for one that removes, and silence has its time', () => {
		const asked = { decideWithin: 'PT1H', otherwise: 'remove' }
		const hasty = start(asked)
		hasty.opens()
		expect(codes(hasty.confirms('ordered', 'remove'))).toEqual(['FINDING_RULE'])
		const early = start(asked)
		early.opens()
		expect(early.confirms('awaiting', 'decide')).toEqual([])
		expect(codes(early.silent('ordered'))).toEqual(['FINDING_SILENCE'])
		const due = start(asked)
		due.opens()
		due.confirms('awaiting', 'decide')
		due.every(3600)
		expect(due.silent('ordered')).toEqual([])
		expect(due.removes('silence')).toEqual([])
		const mild = start({ decideWithin: 'PT1H', otherwise: 'alert' })
		mild.opens()
		mild.confirms('awaiting', 'decide')
		mild.every(3600)
		expect(codes(mild.silent('ordered'))).toEqual(['FINDING_RULE'])
	})
	test('who was silent is not asked again, and a charter that becomes stricter removes', () => {
		const log = start({ decideWithin: 'PT1H', otherwise: 'alert' })
		log.opens()
		log.confirms('awaiting', 'decide')
		log.every(3600)
		expect([...log.silent('alerted'), ...log.changesTo('alerted', 'decide')]).toEqual([])
		expect(codes(log.changesTo('ordered', 'remove'))).toEqual(['FINDING_RULE'])
	})
	test('a removal says who ordered it', () => {
		const log = start()
		log.opens()
		log.confirms('ordered')
		expect(codes(log.removes('decision'))).toEqual(['FINDING_UNORDERED'])
	})
	test('no more removals pass by themselves at once than the charter allows', () => {
		const ids = [ID, OTHER, KEY]
		const sends = (apart: number) => {
			const log = start('remove', { massRemoval: { most: 2, within: 'PT1M' } })
			log.every(apart)
			return ids.map((each) => {
				log.of(each)
				log.opens()
				log.confirms('ordered')
				return codes(log.removes())
			})
		}
		expect(sends(3)).toEqual([[], [], ['FINDING_MASS']])
		expect(sends(30)).toEqual([[], [], []])
	})
	test('five groups are as many people as are told to lose something, and never more than are in them', () => {
		const members = { count: 200, sha256: 'ab'.repeat(32) }
		const sends = (people?: number) =>
			[ID, OTHER, KEY].map((each, n) => {
				if (n === 0) log = start('remove', { massRemoval: { most: 300, within: 'PT1H' } })
				log.shows({ principalKind: 'group', principalId: `group-${n}`, members })
				log.of(each)
				log.opens()
				log.confirms('ordered')
				return codes(log.removes('rule', people))
			})
		let log = start()
		expect(sends(200)).toEqual([[], ['FINDING_MASS'], ['FINDING_MASS']])
		expect(sends(100)).toEqual([[], [], []])
		// Of before it was told: each is one removal.
		expect(sends()).toEqual([[], [], []])
		expect(sends(201)[0]).toEqual(['FINDING_DIFFERS'])
	})
	test('a removal that grew passes the guard anew, is counted once, and what was sent is never said to have gone by itself', () => {
		const under = () => {
			const log = start('remove', { massRemoval: { most: 5, within: 'PT1H' } })
			log.opens()
			log.confirms('ordered')
			expect(log.removes('rule', 2)).toEqual([])
			log.postpones()
			expect(log.changesTo('ordered', 'remove')).toEqual([])
			return log
		}
		const again = under()
		expect(again.removes('rule', 5)).toEqual([])
		expect(again.closes('removed')).toEqual([])
		expect(codes(under().removes('rule', 6))).toEqual(['FINDING_MASS'])
		const silent = under()
		// Who ordered it stays told as it was.
		expect(codes(silent.removes('silence', 3))).toEqual(['FINDING_UNORDERED'])
		const held = under()
		expect([...held.holds(), ...held.closes('removed')]).toEqual([])
		const never = start()
		never.opens()
		never.confirms('ordered')
		never.holds()
		expect(codes(never.closes('removed'))).toEqual(['FINDING_UNSENT'])
	})
	test('sessions are ended of whoever something is or was being taken from, and of nobody else', () => {
		const log = start()
		expect(codes(log.endsSessions())).toEqual(['FINDING_UNKNOWN'])
		log.opens()
		log.confirms('ordered')
		expect(codes(log.endsSessions())).toEqual(['FINDING_UNSENT'])
		log.removes()
		expect(codes(log.endsSessions())).toEqual([])
		log.closes('removed')
		expect(codes(log.endsSessions())).toEqual([])
	})
	test('an officer who asked for a release asked for what was shown then', () => {
		const asked = () => {
			const log = start()
			log.opens()
			log.confirms('ordered')
			log.holds()
			log.decides('ask_release', OFFICER, 'held')
			log.shows({ until: '2027-01-01T00:00:00.000Z' })
			return log
		}
		const grown = digestOf({ ...shown, until: '2027-01-01T00:00:00.000Z' })
		const alone = asked()
		expect(alone.changesTo('held', 'remove', { isAsked: false })).toEqual([])
		expect(codes(alone.decides('release', OTHER, 'removing', grown))).toEqual(['FINDING_ONE_OFFICER'])
		const both = asked()
		both.changesTo('held', 'remove', { isAsked: false })
		expect([
			...both.decides('ask_release', OTHER, 'held', grown),
			...both.decides('release', OFFICER, 'removing', grown),
		]).toEqual([])
		expect(codes(asked().changesTo('held', 'remove', { isAsked: true }))).toEqual(['FINDING_ONE_OFFICER'])
		// Of before it was told whether the first signature still holds.
		const before = asked()
		expect([
			...before.changesTo('held', 'remove'),
			...before.decides('release', OTHER, 'removing', grown),
		]).toEqual([])
	})
	test('silence is taken at the deadline that was told last, and that is none earlier than the charter gives', () => {
		const HOUR = 3_600_000
		const asked = () => {
			const log = start({ decideWithin: 'PT1H', otherwise: 'remove' })
			log.opens()
			log.confirms('awaiting', 'decide')
			log.asks({ decideWithin: 'PT24H', otherwise: 'remove' })
			return log
		}
		const more = asked()
		expect(more.changesTo('awaiting', 'decide', { decideBy: more.at(6000 + 24 * HOUR) })).toEqual([])
		more.every(2 * 3600)
		expect(codes(more.silent('ordered'))).toEqual(['FINDING_SILENCE'])
		const early = asked()
		expect(codes(early.changesTo('awaiting', 'decide', { decideBy: early.at(6000 + HOUR) }))).toEqual([
			'FINDING_RULE',
		])
		// Of before it was told: silence was taken at the first deadline.
		const before = asked()
		before.changesTo('awaiting', 'decide')
		before.every(2 * 3600)
		expect(before.silent('ordered')).toEqual([])
		const less = start({ decideWithin: 'PT24H', otherwise: 'remove' })
		less.opens()
		less.confirms('awaiting', 'decide')
		less.asks({ decideWithin: 'PT1H', otherwise: 'remove' })
		expect(less.changesTo('awaiting', 'decide', { decideBy: less.at(9000 + HOUR) })).toEqual([])
		less.every(3600)
		expect(less.silent('ordered')).toEqual([])
	})
	test('an account that is only watched is never removed', () => {
		const accounts = { breakGlassAccounts: [{ objectId: 'USER-1', title: 'Safe' }] }
		const byRule = start('remove', accounts)
		byRule.opens()
		byRule.confirms('ordered')
		expect(codes(byRule.removes())).toEqual(['FINDING_WATCHED'])
		const byTwo = start('remove', accounts)
		byTwo.opens()
		byTwo.confirms('ordered')
		byTwo.holds()
		byTwo.decides('ask_release', OFFICER, 'held')
		expect(codes(byTwo.decides('release', OTHER, 'removing'))).toEqual(['FINDING_WATCHED'])
	})
	test('only security officers take findings on and decide on them', () => {
		const log = start('alert')
		log.opens()
		log.confirms('alerted', 'alert')
		expect(log.takes(OFFICER)).toEqual([])
		expect(codes(log.takes(STRANGER))).toEqual(['FINDING_DUTY'])
		expect(codes(log.takes(null))).toEqual(['FINDING_OWN'])
		expect(codes(log.decides('remove', STRANGER, 'ordered'))).toEqual(['FINDING_DUTY'])
	})
	test('nothing is accepted for good, and what is accepted no longer is a finding anew', () => {
		const accepted = (until: string) => {
			const log = start('alert')
			log.opens()
			log.confirms('alerted', 'alert')
			return { log, problems: log.decides('accept', OFFICER, 'accepted', digestOf(shown), until) }
		}
		expect(codes(accepted('2026-11-01T00:00:00.000Z').problems)).toEqual(['FINDING_ACCEPTED'])
		expect(codes(accepted('2027-12-01T00:00:00.000Z').problems)).toEqual(['FINDING_ACCEPTED'])
		const { log, problems } = accepted('2026-12-02T12:00:00.000Z')
		expect(problems).toEqual([])
		expect(codes(log.acceptanceOver())).toEqual(['FINDING_ORDER'])
		const worse = accepted('2026-12-02T12:00:00.000Z').log
		expect([...worse.changesTo('seen', 'alert'), ...worse.confirms('alerted', 'alert')]).toEqual([])
	})
})
