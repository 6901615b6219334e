import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBacklog } from '#app/services/ledger/backlog.server.ts'
import { sequencePending } from '#app/services/ledger/sequence.server.ts'
import { buildServices, type Services } from '#app/services/services.ts'
import type { Actor } from '#app/services/actor.ts'
import { credentialsOf } from '#db/queries/credentials.ts'
import { isDomainError } from '#workflows/shared/errors.ts'
import { approvedAccess, askForAccess } from './acts.ts'
import { createTestApp, type TestApp } from './test-app.ts'
import { writeEntries } from './write-entries.ts'

const BOUND = 100

/** What begins something: it would only add to what the record cannot keep up with. */
const BEGINS = [
	'enrolment.issueLink',
	'enrolment.begin',
	'enrolment.finish',
	'amendments.draft',
	'amendments.edit',
	'amendments.propose',
	'amendments.prepareSignature',
	'amendments.sign',
	'amendments.csv',
	'access.file',
	'access.prepareDecision',
	'access.decide',
	'audit.share',
	'audit.export',
	'audit.bundle',
]
/** What ends something, by how it is called: these names are never refused, those that are added included. */
const ENDS = /^(end|withdraw|revoke|erase|record[A-Z]|signOut|suspend|stop|remove|close)/

let app: TestApp
let services: Services
let milliseconds = 0
let live = ''
let waiting = ''

beforeAll(async () => {
	app = await createTestApp()
	app.clock.advance(60_000)
	live = await approvedAccess(app)
	waiting = await askForAccess(app, app.actor('operator'), 'security-reader')
	await sequencePending(app.deps)
	await writeEntries(app.deps, BOUND + 1)
	const backlog = openBacklog(app.deps.database, BOUND, () => milliseconds)
	services = buildServices({ ...app.deps, backlog })
})
afterAll(() => app?.stop())

type UseCase = (...args: unknown[]) => unknown

/** Every use case that is a part of an area, by its name. */
const useCases = () =>
	Object.entries(services).flatMap(([area, uses]) =>
		typeof uses === 'object'
			? Object.entries(uses)
					.filter((entry): entry is [string, UseCase] => typeof entry[1] === 'function')
					.map(([name, run]) => ({ path: `${area}.${name}`, name, run }))
			: [],
	)

/** Whether the use case asks for room before it looks at anything: called with nothing at all. */
async function isRefused(run: UseCase): Promise<boolean> {
	try {
		await run()
		return false
	} catch (error) {
		return isDomainError(error) && error.code === 'RECORD_BACKLOG'
	}
}

describe('while too many entries wait', () => {
	test('whatever begins something is refused, before anything is looked at', async () => {
		const refused: string[] = []
		for (const { path, run } of useCases()) if (await isRefused(run)) refused.push(path)
		expect(refused.filter((path) => BEGINS.includes(path)).sort()).toEqual([...BEGINS].sort())
	})

	test('nothing that ends something is', async () => {
		const ends = useCases().filter(({ name }) => ENDS.test(name))
		expect(ends.length).toBeGreaterThanOrEqual(9)
		for (const { path, run } of ends) expect(await isRefused(run), path).toBe(false)
	})

	test('nothing is half stored by what was refused', async () => {
		const count = async () =>
			(await app.deps.database.pool.query('select id from requests union all select id from challenges'))
				.rowCount
		const before = await count()
		await expect(
			services.access.file(app.actor('operator'), {
				roles: ['exchange-administrator'],
				reason: 'Look into a warning',
				ticket: 'CHG-1',
				durationSeconds: 900,
			}),
		).rejects.toMatchObject({ code: 'RECORD_BACKLOG', kind: 'unavailable' })
		expect(await count()).toBe(before)
	})

	const signIn = async (actor: Actor) => {
		const { challengeId } = await services.signIn.begin()
		return services.signIn.finish({ challengeId, response: app.answerOf(actor) })
	}

	test('those who could end an access sign in and out, and others are told to come back', async () => {
		for (const persona of ['operator', 'security-officer']) {
			const { token } = await signIn(app.actor(persona))
			const actor = await services.signIn.findActor(token)
			if (actor === null) throw new Error(`${persona} has no session.`)
			expect(actor.personId).toBe(app.actor(persona).personId)
			await services.signIn.signOut(actor)
			expect(await services.signIn.findActor(token)).toBeNull()
		}
		for (const persona of ['auditor', 'duty-officer'])
			await expect(signIn(app.actor(persona))).rejects.toMatchObject({ code: 'RECORD_BACKLOG' })
	})

	test('an access is ended, a request withdrawn, a fact recorded, a passkey revoked', async () => {
		const operator = app.actor('operator')
		const officer = app.actor('security-officer')
		await services.access.endGrant(operator, live)
		await services.access.withdraw(operator, waiting)
		await services.people.recordFact(officer, operator.personId, {
			kind: 'clearance',
			values: { scheme: 'DE', level: 'U2', issuer: 'BMI', state: 'granted' },
			validFrom: app.clock.now(),
			validUntil: null,
			evidence: 'Letter 12',
			file: null,
			isVerified: false,
		})
		const [passkey] = await credentialsOf(app.deps.database.db, operator.personId)
		await services.enrolment.revoke(officer, {
			personId: operator.personId,
			passkeyId: passkey?.id ?? '',
			cause: 'lost',
		})
		const { rows } = await app.deps.database.pool.query<{ kind: string }>(
			`select convert_from(leaf, 'UTF8')::jsonb ->> 'kind' as kind from ledger_pending`,
		)
		const kinds = rows.map(({ kind }) => kind)
		for (const kind of ['grant.ended', 'request.withdrawn', 'person.clearance_recorded', 'passkey.revoked'])
			expect(kinds).toContain(kind)
	})

	test('and it all goes on once the record has caught up', async () => {
		await sequencePending(app.deps)
		milliseconds += 1000
		for (const { path, run } of useCases()) expect(await isRefused(run), path).toBe(false)
	})
})
