import { setImmediate as immediately } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { GrantPortUnavailable } from '#app/integrations/grant-port.ts'
import { inLane } from '#app/integrations/graph/urgency.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import type { Fault } from '#app/sandbox/tenant/faults.ts'
import type { SwitchName } from '#app/sandbox/tenant/switches.ts'
import { fireDueTimers } from '#app/services/access/fire-timers.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { grants } from '#db/schema/index.ts'
import { approvedAccess } from '#test/app/acts.ts'
import type { TestApp } from '#test/app/test-app.ts'

/** The faults of the matrix, the kinds of places that meet them, and how jobs are driven through them. */

export const GROUP = '11111111-1111-4111-8111-111111111111'
const ROLE_LINE = /entra: \{ roleTemplateId: fe930be7[^}]*\}/
const inGroup = (yaml: string) =>
	yaml.replace(ROLE_LINE, `entra: { groupId: ${GROUP}, relation: member, name: Account clerks }`)
export const KINDS = [
	['a directory role', {}],
	['a place in a group under PIM', { charter: inGroup }],
	['plain membership', { charter: inGroup, groups: 'membership' }],
] as const

export const busy = (status: number, when: 'before' | 'after', headers?: Record<string, string>): Fault => ({
	kind: 'status',
	status,
	when,
	...(headers ? { headers } : {}),
})
const CLAIMS = Buffer.from(
	JSON.stringify({ access_token: { nbf: { essential: true, value: '1790000000' } } }),
).toString('base64')

/** What one call meets. `after`: the tenant has acted, and the caller does not learn it. */
export const OF_CALLS: readonly (readonly [string, Fault])[] = [
	['429 with Retry-After', busy(429, 'before', { 'retry-after': '5' })],
	['429 without Retry-After', busy(429, 'before')],
	['500 before the effect', busy(500, 'before')],
	['500 after the effect', busy(500, 'after')],
	['503 before the effect', busy(503, 'before')],
	['503 with Retry-After after the effect', busy(503, 'after', { 'retry-after': '2' })],
	['503 without Retry-After after the effect', busy(503, 'after')],
	['504 before the effect', busy(504, 'before')],
	['504 after the effect', busy(504, 'after')],
	[
		'a claims challenge',
		busy(401, 'before', {
			'www-authenticate': `Bearer realm="", authorization_uri="https://localhost/common/oauth2/authorize", error="insufficient_claims", claims="${CLAIMS}"`,
		}),
	],
	['a hung connection before the effect', { kind: 'hang', when: 'before' }],
	['a hung connection after the effect', { kind: 'hang', when: 'after' }],
	['a cut connection before the effect', { kind: 'drop', when: 'before' }],
	['a cut connection after the effect', { kind: 'drop', when: 'after' }],
	['HTML before the effect', { kind: 'html', status: 502, when: 'before' }],
	['HTML after the effect', { kind: 'html', status: 502, when: 'after' }],
]
/** What all calls meet for a while. */
export const STANDING: readonly SwitchName[] = [
	'throttled-with-time',
	'throttled-without-time',
	'unavailable',
	'done-but-504',
	'hung',
	'html',
	'small-budgets',
	'late',
	'out-of-order',
	'certificate-revoked',
	'clock-ahead',
	'clock-behind',
]
export const WRITING = /ScheduleRequests$|\$ref$/
export const READING = /Schedule(Requests|Instances)$|\/members$/
const MOST_RUNS = 40

export const isEnded = (state: string) => ['expired', 'revoked', 'ended', 'failed'].includes(state)

export type Access = { grantId: string; requestId: string; principalId: string }
type Job = (deps: Deps, grantId: string) => Promise<void>

/** An access on this application: its jobs are driven, and the tenant's own books are looked into. */
export function openStage(app: TestApp) {
	const { tenant } = app
	let begun = tenant.exchanges().length
	const stateOf = async (grantId: string) =>
		(await app.deps.database.db.select().from(grants).where(eq(grants.id, grantId)))[0]?.state ?? ''

	/** Whether the tenant holds the access now, or tells anybody so: the one comes before the other, and goes before it. */
	function isHeld(principalId: string): boolean {
		const isThis = (row: Record<string, unknown>) => row.principalId === principalId
		return (
			[tenant.assignments(), tenant.instances()].flat().some(isThis) ||
			[tenant.groups.pim.assignments(), tenant.groups.pim.instances()].flat().some(isThis) ||
			tenant.groups.holds(GROUP, 'members', principalId) ||
			tenant.groups.listed(GROUP, 'members').includes(principalId)
		)
	}

	/** How often the tenant has given and taken since the stage was opened, by its own books. */
	function done(): { given: number; taken: number } {
		const requests = [...tenant.requests(), ...tenant.groups.pim.requests()]
		const references = tenant
			.exchanges()
			.slice(begun)
			.filter(({ path, status }) => path.endsWith('/$ref') && status === 204)
		const count = (action: string, method: string) =>
			requests.filter((row) => row.action === action).length +
			references.filter((call) => call.method === method).length
		return { given: count('adminAssign', 'POST'), taken: count('adminRemove', 'DELETE') }
	}

	/** How often the tenant has looked at what is to give and to take since the stage was opened, also where it refused. */
	function asked(): { given: number; taken: number } {
		const calls = tenant.exchanges().slice(begun)
		const count = (action: string, method: string) =>
			calls.filter(
				({ method: sent, path, request }) =>
					(path.endsWith('/$ref') && sent === method) ||
					(sent === 'POST' && (request as { action?: unknown } | null)?.action === action),
			).length
		return { given: count('adminAssign', 'POST'), taken: count('adminRemove', 'DELETE') }
	}

	/** One run of a job as the queue makes it; whether it wants another one. */
	async function wantsMore(job: Job, grantId: string, lane: 'grant' | 'revoke'): Promise<boolean> {
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
		job: Job,
		{ grantId, principalId }: Access,
		{ lane, runs = MOST_RUNS, stepMs = 3000 }: { lane: 'grant' | 'revoke'; runs?: number; stepMs?: number },
	): Promise<boolean> {
		const ticking = setInterval(() => app.clock.advance(250), 10)
		try {
			for (let run = 0; run < runs; run++) {
				// Entra lets nothing go in its first five minutes: a removal that is put off comes again by its deadline.
				if ((await stateOf(grantId)) === 'postponed') await fireDueTimers(app.deps)
				const more = await wantsMore(job, grantId, lane)
				const state = await stateOf(grantId)
				if (isEnded(state)) expect(isHeld(principalId), `${state} while the tenant holds it`).toBe(false)
				if (state === 'active') expect(isHeld(principalId), 'active and not held').toBe(true)
				if (!more && state !== 'postponed') return true
				app.clock.advance(stepMs)
				await immediately()
			}
			return false
		} finally {
			clearInterval(ticking)
		}
	}

	return {
		stateOf,
		isHeld,
		done,
		asked,
		wantsMore,
		drive,
		async approved(): Promise<Access> {
			const requestId = await approvedAccess(app)
			const [grant] = await app.deps.database.db.select().from(grants).where(eq(grants.requestId, requestId))
			if (!grant) throw new Error('The request opened no grant.')
			return { grantId: grant.id, requestId, principalId: grant.context.principalId }
		},
		/** Everything is right again, and forgotten; enough time passes for every list to tell what is so. */
		settle(): void {
			tenant.switches.clear()
			tenant.faults.clear()
			tenant.faults.release()
			tenant.forget()
			begun = tenant.exchanges().length
			app.clock.advance(120_000)
		},
	}
}
