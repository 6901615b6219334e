import { describe, expect, it, test } from 'vitest'
import { createText, LANGUAGES } from '#app/messages/create-text.ts'
import { problemInWords, taskInWords } from '#app/messages/readiness-in-words.ts'
import { MILESTONES } from '#workflows/tenant/readiness/plan.ts'
import { PRIVILEGED_ROLES } from '#workflows/tenant/readiness/privileged-roles.ts'
import { PROBLEM_KINDS } from '#workflows/tenant/readiness/report.schema.ts'

const TITLES = { admin: 'User administrator', approver: 'Duty officer', chief: 'Data owner' }
/** A sentence that lacks what it should name: a hole that nothing was put into, or something empty in its place. */
const HOLE = /\{\{|\}\}|undefined| {2}|: ?$|„“|""| ,|\(\)/

describe.each(LANGUAGES)('in %s', (language) => {
	const t = createText(language)

	it.each([...PROBLEM_KINDS, ...MILESTONES])('the task of %s has no hole, whatever it is about', (what) => {
		for (const about of [
			'admin',
			'admin approver',
			'users',
			'group g',
			`directoryRole ${Object.keys(PRIVILEGED_ROLES)[0]}`,
		])
			for (const count of [1, 2]) {
				const sentence = taskInWords(t, { what, about, count }, TITLES)
				expect(sentence).not.toMatch(HOLE)
				expect(sentence.length).toBeGreaterThan(10)
			}
	})

	test('a privileged role is called what Microsoft calls it, and what mends it is said of the role', () => {
		for (const [id, name] of Object.entries(PRIVILEGED_ROLES)) {
			const problem = { kind: 'permanent' as const, about: `directoryRole ${id}`, count: 1, detail: {} }
			const { what, fix } = problemInWords(t, problem, TITLES)
			expect(what).toContain(t(`entraRoles.${name}`))
			expect(fix).toBe(t('readiness.fixNotGoverned'))
		}
		const key = { kind: 'noResistantMethod' as const, about: 'directoryRole x', count: 1, detail: {} }
		expect(problemInWords(t, key, TITLES).fix).toContain(t('readiness.fix_noResistantMethod'))
	})

	test.each([
		['62e90394-69f5-4237-9190-012177145e10', 'Global'],
		['db506228-d27e-4b7d-95e5-295956d6615f', 'Agent'],
	])('of the directory role %s it is said that it is %s …', (id, name) => {
		const problem = { kind: 'guestHolds' as const, about: `directoryRole ${id}`, count: 1, detail: {} }
		expect(problemInWords(t, problem, TITLES).what).toContain(name)
	})

	test('a quorum that is lacking names the roles and the numbers, and when it is whoever asks that is lacking', () => {
		const detail = { from: 'approver chief', needed: 2, there: 1 }
		const problem = { kind: 'noQuorum' as const, about: 'admin', count: 1 }
		const told = problemInWords(t, { ...problem, detail }, TITLES).what
		expect(told).toContain('Duty officer, Data owner')
		expect(told).not.toMatch(HOLE)
		const alone = problemInWords(t, { ...problem, detail: { ...detail, why: 'requester' } }, TITLES).what
		expect(alone).not.toMatch(HOLE)
		expect(alone).not.toBe(told)
	})
})
