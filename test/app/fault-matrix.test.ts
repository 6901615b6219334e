import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { removeGrant } from '#app/jobs/remove-grant.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import type { Fault } from '#app/sandbox/tenant/faults.ts'
import type { SwitchName } from '#app/sandbox/tenant/switches.ts'
import { endGrant } from '#app/services/access/end-access.server.ts'
import { grants } from '#db/schema/index.ts'
import { approvedAccess, askForAccess } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

/**
 * Each fault of the tenant, before and after the effect, for giving and taking away, on each kind of place. Whatever goes
 * wrong: nothing is given that was not approved, nothing is said to be ended while the tenant holds it, what is done is
 * done once, and when the fault is over everything comes to its end.
 */

const GROUP = '11111111-1111-4111-8111-111111111111'
const ROLE_LINE = /entra: \{ roleTemplateId: fe930be7[^}]*\}/
const inGroup = (yaml: string) =>
	yaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`)
const KINDS = [
	['a directory role', {}],
	['a place in a group under PIM', { charter: inGroup }],
	['plain membership', { charter: inGroup, groups: 'membership' }],
] as const

const busy = (status: number, when: 'before' | 'after', headers?: Record<string, string>): Fault => ({
	kind: 'status',
	status,
	when,
	...(headers ? { headers } : {}),
})
/** What one call meets. `after`: the tenant has acted, and the caller does not learn it. */
const OF_CALLS: readonly (readonly [string, Fault])[] = [
	['429 with Retry-After', busy(429, 'before', { 'retry-after': '5' })],
	['429 without Retry-After', busy(429, 'before')],
	['503 before the effect', busy(503, 'before')],
	['503 with Retry-After after the effect', busy(503, 'after', { 'retry-after': '2' })],
	['504 after the effect', busy(504, 'after')],
	['a hung connection before the effect', { kind: 'hang', when: 'before' }],
	['a hung connection after the effect', { kind: 'hang', when: 'after' }],
	['a cut connection before the effect', { kind: 'drop', when: 'before' }],
	['a cut connection after the effect', { kind: 'drop', when: 'after' }],
	['HTML in place of an answer', { kind: 'html', status: 502 }],
]
/** What all calls meet for a while. */
const STANDING: readonly SwitchName[] = [
	'throttled-with-time',
	'throttled-without-time',
	'unavailable',
	'done-but-504',
	'late',
	'out-of-order',
	'certificate-revoked',
	'clock-ahead',
	'clock-behind',
]
const WRITING = /ScheduleRequests$|\$ref$/
const READING = /Schedule(Requests|Instances)$|\/members$/
const MOST_RUNS = 40

let app: TestApp

const stateOf = async (grantId: string) =>
	(await app.deps.database.db.select().from(grants).where(eq(grants.id, grantId)))[0]?.state ?? ''
const isEnded = (state: string) => ['expired', 'revoked', 'ended', 'failed'].includes(state)

/** Whether the tenant holds the access now, whatever it tells those who ask. */
function isHeld(principalId: string): boolean {
	const isThis = (row: Record<string, unknown>) => row.principalId === principalId
	return (
		app.tenant.instances().some(isThis) ||
		app.tenant.groups.pim.instances().some(isThis) ||
		app.tenant.groups.listed(GROUP, 'members').includes(principalId)
	)
}

/** How often the tenant has done this for the grant. */
const done = (action: string) =>
	[...app.tenant.requests(), ...app.tenant.groups.pim.requests()].filter((row) => row.action === action)
		.length

/** One run of a job as the queue makes it; whether it wants another one. */
async function wantsMore(
	job: typeof provisionGrant,
	grantId: string,
	lane: 'grant' | 'revoke',
): Promise<boolean> {
	try {
		await inLane(lane, () => job(app.deps, grantId))
		return false
	} catch (error) {
		if (!(error instanceof TryAgain) && !(error instanceof GrantPortUnavailable)) throw error
		return true
	}
}

/** Runs a job until it is over; time passes between the runs. What must never be is looked at after each. */
async function drive(
	job: typeof provisionGrant,
	{ grantId, principalId }: Access,
	{ lane, runs = MOST_RUNS, stepMs = 3000 }: { lane: 'grant' | 'revoke'; runs?: number; stepMs?: number },
): Promise<boolean> {
	const ticking = setInterval(() => app.clock.advance(500), 100)
	try {
		for (let run = 0; run < runs; run++) {
			const more = await wantsMore(job, grantId, lane)
			const state = await stateOf(grantId)
			if (isEnded(state)) expect(isHeld(principalId), `${state} while the tenant holds it`).toBe(false)
			if (state === 'active') expect(isHeld(principalId), 'active and not held').toBe(true)
			if (!more) return true
			app.clock.advance(stepMs)
			await pause(5)
		}
		return false
	} finally {
		clearInterval(ticking)
	}
}

type Access = { grantId: string; requestId: string; principalId: string }
async function approved(): Promise<Access> {
	const requestId = await approvedAccess(app)
	const [grant] = await app.deps.database.db.select().from(grants).where(eq(grants.requestId, requestId))
	if (!grant) throw new Error('The request opened no grant.')
	return { grantId: grant.id, requestId, principalId: grant.context.principalId }
}

const GIVING = { job: provisionGrant, lane: 'grant' } as const
const TAKING = { job: removeGrant, lane: 'revoke' } as const

async function give(access: Access): Promise<void> {
	expect(await drive(provisionGrant, access, { lane: 'grant' }), 'never came to an end').toBe(true)
	expect(await stateOf(access.grantId)).toBe('active')
}
async function take(access: Access): Promise<void> {
	expect(await drive(removeGrant, access, { lane: 'revoke' }), 'never came to an end').toBe(true)
	expect(isEnded(await stateOf(access.grantId))).toBe(true)
	app.clock.advance(60_000)
	expect(isHeld(access.principalId)).toBe(false)
}
const beginTaking = async ({ requestId }: Access) => {
	app.clock.advance(6 * 60_000)
	await endGrant(app.deps, app.actor('operator'), requestId)
}

describe.each(KINDS)('%s', (name, options) => {
	const isPlain = name === 'plain membership'
	beforeAll(async () => {
		app = await createTestApp({ ...options, timeoutMs: 700 })
	}, 60_000)
	afterEach(() => {
		app.tenant.switches.clear()
		app.tenant.faults.clear()
		app.tenant.faults.release()
		app.tenant.forget()
		app.clock.advance(120_000)
	})
	afterAll(() => app.stop())

	test.each(OF_CALLS)('is given once where writing meets %s', async (_, fault) => {
		const access = await approved()
		app.tenant.faults.next('POST', WRITING, fault)
		await give(access)
		if (!isPlain) expect(done('adminAssign')).toBe(1)
		await beginTaking(access)
		await take(access)
	})

	test.each(OF_CALLS)('is taken away once where writing meets %s', async (_, fault) => {
		const access = await approved()
		await give(access)
		await beginTaking(access)
		app.tenant.faults.next(isPlain ? 'DELETE' : 'POST', WRITING, fault)
		await take(access)
		if (!isPlain) expect(done('adminRemove')).toBe(1)
	})

	test.each(OF_CALLS.filter(([, fault]) => fault.kind === 'html' || fault.when === 'before'))(
		'is given and taken away where reading meets %s, again and again',
		async (_, fault) => {
			const access = await approved()
			app.tenant.faults.next('GET', READING, fault, 2)
			await give(access)
			await beginTaking(access)
			app.tenant.faults.next('GET', READING, fault, 2)
			await take(access)
			if (!isPlain) expect([done('adminAssign'), done('adminRemove')]).toEqual([1, 1])
		},
	)

	test.each(STANDING)('is given once, and taken away once, where "%s" stands for a while', async (fault) => {
		const access = await approved()
		for (const { job, lane } of [GIVING, TAKING]) {
			if (job === removeGrant) await beginTaking(access)
			app.tenant.switches.set(fault, true)
			await drive(job, access, { lane, runs: 3 })
			app.tenant.switches.clear()
			await (job === provisionGrant ? give(access) : take(access))
		}
		if (!isPlain) expect([done('adminAssign'), done('adminRemove')]).toEqual([1, 1])
	})

	test('is not said to have ended while nobody knows what came of giving it, and the tenant lists late', async () => {
		const access = await approved()
		app.tenant.switches.set('late', true)
		app.tenant.faults.next('POST', WRITING, { kind: 'drop', when: 'after' })
		expect(await wantsMore(provisionGrant, access.grantId, 'grant')).toBe(true)
		await endGrant(app.deps, app.actor('operator'), access.requestId)
		await drive(removeGrant, access, { lane: 'revoke', runs: 4, stepMs: 1000 })
		app.clock.advance(6 * 60_000)
		await take(access)
	})

	test('is not given before it is approved, whatever goes wrong', async () => {
		const before = app.tenant.exchanges().length
		await askForAccess(app)
		expect(await app.deps.database.db.select().from(grants).where(eq(grants.state, 'planned'))).toEqual([])
		expect(app.tenant.exchanges()).toHaveLength(before)
	})
})
