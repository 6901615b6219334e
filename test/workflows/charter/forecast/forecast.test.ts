import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyCharter, anyPerson, AT, charterInput, DAY, HOUR } from '#test/factories/charter.ts'
import { charterSchema, type Charter, type Duty } from '#workflows/charter/charter.schema.ts'
import { judge, partIn } from '#workflows/charter/eligibility.ts'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import { beginForecast, type InForce } from '#workflows/charter/forecast/forecast.ts'
import type { Step } from '#workflows/charter/forecast/course.ts'
import type { SeatName } from '#workflows/charter/forecast/seats.ts'
import { deciders } from '#workflows/charter/quorum.ts'

const FROM = Date.parse(AT)
const HORIZON = { from: FROM, until: FROM + 180 * DAY }
const instant = (ms: number) => new Date(ms).toISOString()
const countAt = (steps: readonly Step[], at: number) =>
	steps.findLast((step) => step.at <= at)?.count ?? Number.NaN

/** Whether somebody counts for a seat, asked anew at one instant of the plain form of the charter. */
function counts(charter: Charter, facts: PersonFacts, { kind, key }: SeatName, ms: number): boolean {
	const asked = deciders(charter).get(key)
	const questions =
		kind === 'decides'
			? asked
				? [asked]
				: []
			: kind === 'duty'
				? Object.keys(charter.roles)
						.filter((role) => charter.roles[role]?.duties.includes(key as Duty))
						.map((role) => ({ role, part: 'holder' as const }))
				: [{ role: key, part: partIn(charter, key) }]
	return questions.some(
		(question) =>
			judge(charter, facts, { ...question, at: instant(ms), durationMs: 0, standing: true }).permit,
	)
}

const offset = fc.integer({ min: -400 * 24, max: 400 * 24 }).map((hours) => instant(FROM + hours * HOUR))
/** Moves every date of a person about, so that something begins or ends inside the horizon. */
const anyBusyPerson = fc
	.tuple(anyPerson, fc.array(fc.tuple(offset, fc.option(offset)), { minLength: 1, maxLength: 9 }))
	.map(([person, dates]): PersonFacts => {
		let n = 0
		const moved = <T extends { validFrom: string; validUntil: string | null }>(list: readonly T[]) =>
			list.map((fact) => {
				const [validFrom, validUntil] = dates[n++ % dates.length] ?? [fact.validFrom, null]
				return n % 3 === 0 ? fact : { ...fact, validFrom, validUntil }
			})
		return {
			...person,
			citizenships: moved(person.citizenships),
			clearances: moved(person.clearances),
			briefings: moved(person.briefings),
			training: moved(person.training),
			employments: moved(person.employments),
			appointments: moved(person.appointments),
			facilities: moved(person.facilities),
			suspensions: moved(person.suspensions),
		}
	})

describe('the forecast', () => {
	test('counts at every instant whom a fresh evaluation at that instant counts, also under a later charter', () => {
		let changes = 0
		let positive = 0
		fc.assert(
			fc.property(
				fc.tuple(anyCharter, anyCharter),
				fc.integer({ min: 1, max: 179 }),
				fc.array(anyBusyPerson, { minLength: 1, maxLength: 5 }),
				fc.array(fc.integer({ min: 0, max: 180 * DAY - 1 }), { minLength: 3, maxLength: 6 }),
				([first, second], days, people, offsets) => {
					const charters: InForce[] = [
						{ charter: first, from: FROM - DAY },
						{ charter: second, from: FROM + days * DAY },
					]
					const forecast = beginForecast(charters, HORIZON)
					const named = people.map((person, n) => ({ ...person, personId: `person-${n}` }))
					for (const person of named) forecast.add(person)
					const { seats } = forecast.course()
					const edges = seats.flatMap(({ steps }) => steps.flatMap(({ at }) => [at - 1, at]))
					const charterOf = (at: number) => (at < FROM + days * DAY ? first : second)
					for (const at of [...offsets.map((ms) => FROM + ms), ...edges]) {
						if (at < HORIZON.from || at >= HORIZON.until) continue
						for (const seat of seats) {
							const fresh = named.filter((person) => counts(charterOf(at), person, seat, at)).length
							expect([seat.kind, seat.key, at, countAt(seat.steps, at)]).toEqual([
								seat.kind,
								seat.key,
								at,
								fresh,
							])
							if (fresh > 0) positive++
						}
					}
					changes += seats.reduce((sum, { steps }) => sum + steps.length - 1, 0)
				},
			),
			{ numRuns: 80 },
		)
		expect(changes).toBeGreaterThan(20)
		expect(positive).toBeGreaterThan(100)
	})

	test('without people who leave it counts what it counts when they end that day, and losses are where counts fall', () => {
		fc.assert(
			fc.property(
				anyCharter,
				fc.array(anyBusyPerson, { minLength: 2, maxLength: 5 }),
				fc.integer({ min: 0, max: 179 }),
				(charter, people, days) => {
					const named = people.map((person, n) => ({ ...person, personId: `person-${n}` }))
					const forecast = beginForecast([{ charter, from: FROM }], HORIZON)
					for (const person of named) forecast.add(person)
					const at = FROM + days * DAY
					const leaver = named[0]!
					const told = forecast.course({
						fits: new Map([[leaver.personId, forecast.fitsOf(leaver)]]),
						at,
					})
					for (const seat of told.seats)
						for (const ms of [at - 1, at, at + DAY, HORIZON.until - 1]) {
							if (ms < HORIZON.from || ms >= HORIZON.until) continue
							const left = ms >= at ? named.slice(1) : named
							const fresh = left.filter((person) => counts(charter, person, seat, ms)).length
							expect(countAt(seat.steps, ms)).toBe(fresh)
						}
					for (const { personId, seat, at: lost } of forecast.losses) {
						const person = named.find((one) => one.personId === personId)!
						const name = forecast.seats[seat]!
						expect([lost - 1, lost].map((ms) => counts(charter, person, name, ms))).toEqual([true, false])
					}
				},
			),
			{ numRuns: 80 },
		)
	})
})

const LONG = { validFrom: '2020-01-01T00:00:00.000Z', validUntil: null }
const fit = (personId: string, roles: readonly string[], clearedUntil: string | null): PersonFacts =>
	personFacts(personId, {
		citizenships: [{ country: 'DE', ...LONG }],
		clearances: [
			{ scheme: 'DE', level: 'U2', issuer: 'BfV', state: 'granted', ...LONG, validUntil: clearedUntil },
		],
		appointments: roles.map((role) => ({ role, ...LONG })),
		facilities: [{ facility: 'hall', ...LONG }],
	})

const ENDS = '2027-01-15T00:00:00.000Z'

describe('quorum', () => {
	const charter = charterSchema.parse(
		charterInput({
			access: {
				requestedBy: ['operator'],
				maximumDuration: 'PT8H',
				ticket: { pattern: '^CHG-[0-9]{4}$', example: 'CHG-1234' },
				stages: [
					{ from: 'approver', quorum: 1, within: 'PT4H' },
					{ from: 'chief', quorum: 1, within: 'PT4H' },
				],
				entra: { roleTemplateId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', name: 'Helpdesk', scope: '/' },
			},
		}),
	)
	const tell = (people: readonly PersonFacts[]) => {
		const forecast = beginForecast([{ charter, from: FROM }], HORIZON)
		for (const person of people) forecast.add(person)
		const { seats, demands } = forecast.course()
		const seat = (key: string) => seats.find((one) => one.kind === 'decides' && one.key === key)
		return { approver: seat('approver'), chief: seat('chief'), admin: demands[0], losses: forecast.losses }
	}

	test('falls on the day its last approver is no longer cleared, and says who and why', () => {
		const { approver, losses } = tell([fit('a', ['approver'], ENDS), fit('c', ['chief'], null)])
		expect(approver).toMatchObject({
			now: 1,
			needed: 1,
			outlook: 'falls',
			firstBelow: { at: Date.parse(ENDS), count: 0, needed: 1, lost: ['a'] },
		})
		expect(losses.map(({ personId, codes, byCharter }) => [personId, codes, byCharter])).toContainEqual([
			'a',
			['CLEARANCE'],
			false,
		])
	})

	test('one person in two roles fills one seat of a request, though each role has enough', () => {
		const { approver, chief, admin } = tell([fit('a', ['approver', 'chief'], null)])
		expect([approver?.outlook, chief?.outlook]).toEqual(['limit', 'limit'])
		expect(admin).toMatchObject({ outlook: 'below', spare: -1, firstBelow: { at: FROM, spare: -1 } })
	})

	test('somebody who begins later counts from then on, and a second one leaves somebody to spare', () => {
		const late = {
			...fit('b', ['approver'], null),
			appointments: [{ role: 'approver', validFrom: ENDS, validUntil: null }],
		}
		const { approver, admin } = tell([fit('a', ['approver'], null), late, fit('c', ['chief'], null)])
		expect(approver?.steps).toEqual([
			{ at: FROM, count: 1 },
			{ at: Date.parse(ENDS), count: 2 },
		])
		expect(approver?.outlook).toBe('limit')
		expect(admin).toMatchObject({ outlook: 'limit', spare: 0, firstBelow: null })
	})

	test('nobody at all is below now; a role that is only asked for needs nobody in particular', () => {
		const { approver, admin } = tell([])
		expect(approver).toMatchObject({ now: 0, outlook: 'below', firstBelow: { at: FROM, lost: [] } })
		expect(admin).toMatchObject({ outlook: 'below', spare: -2 })
	})
})
