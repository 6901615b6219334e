import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCharter } from '#app/services/charter/read-charter.server.ts'
import { ALWAYS, AT, citizen, cleared, DAY, HOUR } from '#test/factories/charter.ts'
import { judge } from '#workflows/charter/eligibility.ts'
import { personFacts, type PersonFacts } from '#workflows/charter/facts.ts'
import { plusMs } from '#workflows/shared/instants.ts'

const CHARTERS = join(import.meta.dirname, '../../../app/charters')
const files = readdirSync(CHARTERS).filter((name) => name.endsWith('.yaml'))
const textOf = (name: string) => readFileSync(join(CHARTERS, name), 'utf8')
const template = (name: string) => readCharter(textOf(`${name}.yaml`)).charter

describe('charters that are shipped', () => {
	test.each(files)('%s is read without problems', (name) => {
		expect(readCharter(textOf(name)).charter.charter.version).toBe(1)
	})

	test('each has an id of its own, and every template is there', () => {
		const ids = files.map((name) => readCharter(textOf(name)).charter.charter.id)
		expect(new Set(ids).size).toBe(files.length)
		expect(ids).toEqual(expect.arrayContaining(['cada-l2', 'cada-l3', 'cada-l4', 'us-il5', 'us-il6']))
	})

	test.each(files)('%s opens with what it is based on and how sure we are', (name) => {
		const lines = textOf(name).split('\n')
		const comment = lines.slice(
			0,
			lines.findIndex((line) => !line.startsWith('#')),
		)
		expect(comment.length).toBeGreaterThanOrEqual(5)
		expect(comment.join('\n')).toMatch(/Based on/)
		expect(comment.join('\n')).toMatch(/\bsure\b/)
		expect(comment.join('\n')).toMatch(/legal advice/i)
	})
})

const RECENTLY = { validFrom: plusMs(AT, -30 * DAY), validUntil: null }
const attended = (...keys: string[]) => keys.map((key) => ({ key, ...RECENTLY }))
const works = (employer: string, under: string | null = null, flowDown = false) => [
	{ employer, under, flowDown, ...ALWAYS },
]
const lives = (country: string, status: PersonFacts['residences'][number]['status'] = 'resident') => [
	{ country, status, ...ALWAYS },
]

const operator = (facility: string, known: Partial<PersonFacts>) =>
	personFacts('p', {
		appointments: [{ role: 'operator', ...ALWAYS }],
		facilities: [{ facility, ...ALWAYS }],
		credentials: [
			{ deviceBound: true, attested: true, aaguid: '00000000-0000-0000-0000-000000000001', ...ALWAYS },
		],
		...known,
	})

/** Codes of the clauses that deny; empty for a permit. */
function denials(
	name: string,
	facts: PersonFacts,
	role: string,
	changes: Partial<PersonFacts> = {},
): string[] {
	const person = { ...facts, ...changes }
	const asked = { role, part: 'requester' as const, at: AT, durationMs: HOUR / 2, standing: true }
	const { permit, clauses } = judge(template(name), person, asked)
	const codes = clauses.filter(({ satisfied }) => !satisfied).map(({ code }) => code)
	expect(permit).toBe(codes.length === 0)
	return codes
}

describe('the second Union assurance level', () => {
	const person = operator('support-centre', {
		citizenships: citizen('GB'),
		residences: lives('PL'),
		clearances: cleared('EU', 'R'),
		training: attended('data-protection'),
		employments: works('Lindgrove Hosting'),
	})

	test('admits a foreigner who lives in the Union, and only there', () => {
		expect(denials('cada-l2', person, 'helpdesk-administrator')).toEqual([])
		expect(denials('cada-l2', person, 'helpdesk-administrator', { residences: lives('GB') })).toEqual([
			'UNION_RESIDENT',
		])
	})

	test('asks for citizenship and screening where the buyer does', () => {
		expect(denials('cada-l2', person, 'user-administrator')).toEqual(['UNION_CITIZEN', 'CLEARANCE'])
	})
})

describe('the third Union assurance level', () => {
	const person = operator('control-room', {
		citizenships: citizen('DE'),
		residences: lives('FR'),
		clearances: cleared('DE', 'U1'),
		training: attended('data-protection', 'sovereign-operations'),
		employments: works('Corvant Operations'),
	})

	test('permits a citizen of one member state who lives in another', () => {
		expect(denials('cada-l3', person, 'user-administrator')).toEqual([])
	})

	test.each(['US', 'GB'])('denies the same person as a citizen of %s', (country) => {
		expect(denials('cada-l3', person, 'user-administrator', { citizenships: citizen(country) })).toEqual([
			'UNION_CITIZEN',
		])
	})

	test("takes a subcontractor's people only where the duties are passed on", () => {
		const through = (flowDown: boolean) => ({
			employments: works('Small Hands', 'Corvant Operations', flowDown),
		})
		expect(denials('cada-l3', person, 'user-administrator', through(true))).toEqual([])
		expect(denials('cada-l3', person, 'user-administrator', through(false))).toEqual(['EMPLOYER'])
	})

	test('accepts a clearance of the Union under the agreement, and none of NATO', () => {
		const holding = (scheme: string, level: string) => ({ clearances: cleared(scheme, level) })
		expect(denials('cada-l3', person, 'user-administrator', holding('EU', 'C'))).toEqual([])
		expect(denials('cada-l3', person, 'user-administrator', holding('NATO', 'CTS'))).toEqual(['CLEARANCE'])
	})
})

describe('the fourth Union assurance level', () => {
	const person = operator('control-room', {
		citizenships: citizen('DE', 'FR'),
		residences: lives('SE'),
		clearances: cleared('DE', 'U2'),
		briefings: attended('classified-information'),
		training: attended('data-protection', 'sovereign-operations'),
		employments: works('Haldenor Systems'),
	})

	test('permits with citizenships of two member states, and denies with one of a third country beside', () => {
		expect(denials('cada-l4', person, 'user-administrator')).toEqual([])
		expect(denials('cada-l4', person, 'user-administrator', { citizenships: citizen('DE', 'US') })).toEqual([
			'DUAL_NATIONALITY',
		])
	})

	test('is stricter than the third in clearance and in sole citizenship for privilege itself', () => {
		expect(denials('cada-l4', person, 'user-administrator', { clearances: cleared('DE', 'U1') })).toEqual([
			'CLEARANCE',
		])
		expect(
			denials('cada-l4', person, 'privileged-role-administrator', { clearances: cleared('DE', 'U3') }),
		).toEqual(['CITIZENSHIP_SOLE'])
	})
})

describe('impact level 5', () => {
	const person = operator('data-hall', {
		citizenships: citizen('US'),
		clearances: cleared('US', 'C'),
		briefings: attended('non-disclosure-agreement', 'tier-3-investigation'),
		training: attended('cyber-awareness'),
		employments: works('Tallgrass Operations'),
	})
	const foreigner = { citizenships: citizen('GB') }

	test('permits US persons, thus a permanent resident too, and no other foreigner', () => {
		expect(denials('us-il5', person, 'user-administrator')).toEqual([])
		const permanent = { ...foreigner, residences: lives('US', 'permanent') }
		expect(denials('us-il5', person, 'user-administrator', permanent)).toEqual([])
		const visiting = { ...foreigner, residences: lives('US') }
		expect(denials('us-il5', person, 'user-administrator', visiting)).toEqual(['US_PERSON'])
	})

	test('asks for tier 5 where there is most privilege', () => {
		expect(denials('us-il5', person, 'security-administrator')).toEqual(['BRIEFING'])
	})
})

describe('impact level 6', () => {
	const person = operator('data-hall', {
		citizenships: citizen('US'),
		clearances: cleared('US', 'S'),
		briefings: attended('non-disclosure-agreement', 'tier-5-investigation', 'classified-information'),
		training: attended('cyber-awareness', 'insider-threat'),
		employments: works('Larkspur Planning Directorate'),
	})

	test('permits a citizen of the United States who is cleared for secret', () => {
		expect(denials('us-il6', person, 'user-administrator')).toEqual([])
		expect(denials('us-il6', person, 'user-administrator', { clearances: cleared('US', 'C') })).toEqual([
			'CLEARANCE',
		])
	})

	test('denies the same person as a permanent resident of another citizenship', () => {
		const permanent = { citizenships: citizen('GB'), residences: lives('US', 'permanent') }
		expect(denials('us-il6', person, 'user-administrator', permanent)).toEqual(['CITIZENSHIP', 'CAVEAT'])
	})
})
