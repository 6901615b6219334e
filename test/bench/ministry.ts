import { charterSchema, type Charter } from '#workflows/charter/charter.schema.ts'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import type { z } from 'zod'

/** A ministry for measuring: the same people and roles for the same seed, whatever the machine. */

export const AT = '2026-11-23T12:00:00.000Z'
const FACILITIES = ['berlin', 'bonn', 'munich', 'leipzig', 'kiel', 'mainz']
const APPOINTMENTS = ['operator', 'database-operator', 'network-operator', 'auditor']
const LEVELS = [
	['DE', 'U1'],
	['DE', 'U2'],
	['DE', 'U3'],
	['NATO', 'NS'],
	['EU', 'S'],
] as const

/** Mulberry32: small, seeded, good enough to draw people. */
export function seeded(seed: number): () => number {
	let state = seed
	return () => {
		state = (state + 0x6d2b79f5) | 0
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
	}
}

type Input = z.input<typeof charterSchema>

const ANYBODY = {
	citizenship: { anyOf: ['DE'] },
	clearance: { anyOf: [{ scheme: 'DE', level: 'U2' }] },
	facilities: ['berlin'],
}

/** A charter with so many requestable roles. `stricter` is the same after an amendment that touches every one of them. */
export function ministryCharter(roles: number, stricter = false): Charter {
	const random = seeded(7)
	const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
	const input: Input = {
		charter: {
			id: 'ministry',
			title: 'Ministry',
			version: stricter ? 2 : 1,
			boundary: 'Ministry',
			jurisdiction: 'DE',
			organisation: 'Ministry',
		},
		facilities: Object.fromEntries(
			FACILITIES.map((key, i) => [
				key,
				{ title: key, country: 'DE', city: key, networks: [`10.${i}.0.0/16`] },
			]),
		),
		roles: {
			approver: { title: 'Approver', purpose: 'Decides.', duties: ['approver'], ...ANYBODY },
			owner: { title: 'Owner', purpose: 'Owns.', duties: ['charter_owner'], ...ANYBODY },
			...Object.fromEntries(
				APPOINTMENTS.map((key) => [
					key,
					{ title: key, purpose: 'Works.', duties: ['operator' as const], ...ANYBODY },
				]),
			),
		},
	}
	for (let i = 0; i < roles; i++) {
		const level = pick(LEVELS)
		input.roles[`role-${i}`] = {
			title: `Role ${i}`,
			purpose: 'Measured.',
			citizenship: {
				anyOf: random() < 0.5 ? ['DE'] : ['DE', 'AT', 'FR', 'NL'],
				noneOf: random() < 0.4 ? ['RU', 'CN'] : [],
			},
			clearance: {
				anyOf: stricter
					? [{ scheme: 'DE', level: i % 2 === 0 ? 'U3' : 'U2' }]
					: [
							{ scheme: 'DE', level: pick(['U1', 'U2', 'U3']) },
							...(level[0] === 'DE' ? [] : [{ scheme: level[0], level: level[1] }]),
						],
			},
			facilities: FACILITIES.filter(() => random() < 0.6).concat('berlin'),
			...(random() < 0.3 ? { briefings: [{ key: 'nato-brief' }] } : {}),
			access: {
				requestedBy: [pick(APPOINTMENTS), 'operator'],
				maximumDuration: 'PT8H',
				ticket: { pattern: '^CHG-[0-9]{4}$', example: 'CHG-1234' },
				stages: [{ from: 'approver', quorum: 1, within: 'PT4H' }],
				entra: {
					roleTemplateId: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
					name: `Role ${i}`,
					scope: '/',
				},
			},
		}
	}
	return charterSchema.parse(input)
}

/** The person of this number: mostly fit, some dual nationals, some lapsed, some without anything. */
export function ministryPerson(number: number): PersonFacts {
	const random = seeded(number * 2_654_435_761)
	const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
	const year = () => 2018 + Math.floor(random() * 8)
	const validity = (lapsed: number) => ({
		validFrom: `${year()}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 9)}T00:00:00.000Z`,
		validUntil:
			random() < lapsed
				? '2026-06-30T00:00:00.000Z'
				: `20${27 + Math.floor(random() * 8)}-05-01T00:00:00.000Z`,
	})
	const [scheme, level] = pick(LEVELS)
	const first = pick(['DE', 'DE', 'DE', 'AT', 'FR', 'NL', 'US'])
	return personFacts(`person-${number}`, {
		citizenships: [
			{ country: first, validFrom: '1990-01-01T00:00:00.000Z', validUntil: null },
			...(random() < 0.1
				? [{ country: pick(['RU', 'TR', 'IT']), validFrom: '1990-01-01T00:00:00.000Z', validUntil: null }]
				: []),
		],
		clearances: [
			{ scheme, level, issuer: 'BfV', state: random() < 0.03 ? 'suspended' : 'granted', ...validity(0.05) },
			...(random() < 0.2
				? [{ scheme: 'NATO', level: 'NS', issuer: 'BfV', state: 'granted' as const, ...validity(0.1) }]
				: []),
		],
		briefings: random() < 0.8 ? [{ key: 'nato-brief', ...validity(0.05) }] : [],
		appointments: [{ role: pick(APPOINTMENTS), ...validity(0.03) }],
		facilities: FACILITIES.filter(() => random() < 0.5).map((facility) => ({ facility, ...validity(0.03) })),
	})
}
