import { describe, expect, test } from 'vitest'
import {
	demandAhead,
	judgeOwner,
	ownerRolesOf,
	readAmendment,
} from '#app/services/amendments/check-amendment.server.ts'
import { ALWAYS, AT, charterInput, charterWith, operator } from '#test/factories/charter.ts'
import { stringify } from 'yaml'

const base = { charter: charterWith(), charterId: 'test-charter', version: 1 } as Parameters<
	typeof readAmendment
>[1]
const input = charterInput()
const next = { ...input, charter: { ...input.charter, version: 2 } }

describe('the text of an amendment', () => {
	test('is read where it is the next version and says something else', () => {
		const text = stringify({ ...next, undisclosedRequester: 'deny' })
		expect(readAmendment(text, base).charter.charter.version).toBe(2)
	})

	test.each([
		['the same version', { ...next, charter: { ...next.charter, version: 1 } }],
		['a version left out', { ...next, charter: { ...next.charter, version: 3 } }],
		['another charter', { ...next, charter: { ...next.charter, id: 'other-charter' } }],
	])('is refused for %s', (_name, text) => {
		expect(() => readAmendment(stringify(text), base)).toThrow(/not the next version/)
	})

	test('is refused where it says the same in another order or with defaults written out', () => {
		const { roles, ...rest } = next
		expect(() => readAmendment(stringify({ roles, ...rest }), base)).toThrow(/says the same/)
		expect(() => readAmendment(stringify({ ...next, agreements: {} }), base)).toThrow(/says the same/)
	})
})

describe('the time from which it is to be in force', () => {
	const at = new Date(AT)
	test.each([null, '2026-11-23T12:00:00.001Z', '2026-11-23T14:00:00.000+01:00', '2027-01-01T00:00:00.000Z'])(
		'%s lies ahead, or is not set',
		(from) => expect(() => demandAhead(from, at)).not.toThrow(),
	)
	test.each([
		AT,
		'2026-11-23T11:59:59.999Z',
		'2026-11-23T12:30:00.000+01:00',
		'banana',
		'',
		'9999-99-99T00:00:00.000Z',
	])('%s does not lie ahead', (from) => expect(() => demandAhead(from, at)).toThrow(/has passed/))
})

describe('who may sign as a charter owner', () => {
	const owner = operator({ appointments: [{ role: 'owner', ...ALWAYS }] })
	test('a holder of a role with that duty who satisfies it', () => {
		expect(ownerRolesOf(charterWith())).toEqual(['owner'])
		expect(judgeOwner(charterWith(), owner, AT).permit).toBe(true)
		expect(judgeOwner(charterWith(), { ...owner, clearances: [] }, AT).permit).toBe(false)
		expect(judgeOwner(charterWith(), operator(), AT).permit).toBe(false)
		expect(judgeOwner(charterWith(), owner, 'banana').permit).toBe(false)
	})

	test('nobody where no role has it', () => {
		const { owner: _owner, ...roles } = charterInput().roles
		expect(judgeOwner(charterWith({}, { roles }), owner, AT).permit).toBe(false)
	})
})
