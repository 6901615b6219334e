import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { followLockbox } from '#app/jobs/follow-lockbox.server.ts'
import { TryAgain } from '#app/jobs/try-again.ts'
import type { Actor } from '#app/services/actor.ts'
import {
	askFromInside,
	recordLockbox,
	type HandForm,
	type InsideForm,
} from '#app/services/lockbox/bring-in.server.ts'
import { prepareLockbox, signLockbox } from '#app/services/lockbox/decide-lockbox.server.ts'
import { pollProviders } from '#app/services/lockbox/poll-providers.server.ts'
import { lockboxRequests } from '#db/schema/index.ts'
import type { TestApp } from './test-app.ts'

const HOUR = 3_600_000

/** What people and providers do at the lockbox, as use cases. */
export function lockboxActs(app: TestApp) {
	const { db } = app.deps.database
	const rowOf = async (id: string) => {
		const [row] = await db.select().from(lockboxRequests).where(eq(lockboxRequests.id, id))
		if (!row) throw new Error('There is no such request.')
		return row
	}

	/** The provider asks, and the worker reads it. */
	async function arrive(more: Parameters<TestApp['arm']['ask']>[0] = {}) {
		const azure = app.arm.ask(more)
		await pollProviders(app.deps)
		const [row] = await db.select().from(lockboxRequests).where(eq(lockboxRequests.providerRequestId, azure))
		if (!row) throw new Error('The request did not arrive.')
		return { id: row.id, azure }
	}

	async function decide(
		requestId: string,
		by: Actor,
		verdict: 'approve' | 'deny' = 'approve',
		reason = verdict === 'deny' ? 'The case can be solved from the logs' : '',
	) {
		const { challengeId } = await prepareLockbox(app.deps, by, { requestId, verdict, reason })
		return signLockbox(app.deps, by, { requestId, challengeId, response: app.answerOf(by) })
	}

	/** The job as the queue runs it. */
	async function follow(requestId: string, runs = 20): Promise<void> {
		for (let run = 0; run < runs; run++) {
			try {
				return await followLockbox(app.deps, requestId)
			} catch (error) {
				if (!(error instanceof TryAgain)) throw error
				await pause(20)
			}
		}
	}

	/** A request of a provider without an interface, as an officer writes it down; gives its id. */
	async function byHand(boundaryId: string, more: Partial<HandForm> = {}): Promise<string> {
		const now = app.clock.now().getTime()
		const { id } = await recordLockbox(app.deps, app.actor('security-officer'), {
			boundaryId,
			providerRequestId: `CASE-${app.deps.newId().slice(-6)}`,
			cause: 'Disk of the archive is failing',
			type: 'Disk exchange with data on it',
			reach: 'One disk, in the hall, accompanied',
			resources: ['rack 12'],
			supportRequest: '4711',
			askedAt: new Date(now - 60_000),
			deadline: new Date(now + 48 * HOUR),
			durationSeconds: 3600,
			disclosed: { name: 'R. Ortega', country: 'ES', clearance: 'none' },
			...more,
		})
		return id
	}

	/** One of ours asks for customer content; gives the request's id. */
	async function fromInside(boundaryId: string, by: Actor, more: Partial<InsideForm> = {}): Promise<string> {
		const { id } = await askFromInside(app.deps, by, {
			boundaryId,
			formId: app.deps.newId(),
			beneficiary: '',
			role: 'operator',
			cause: 'Search of a lost tax record',
			type: 'Read access to the archive',
			reach: 'Records of 2019',
			resources: ['archive'],
			durationSeconds: 3600,
			...more,
		})
		return id
	}

	return {
		rowOf,
		arrive,
		decide,
		follow,
		byHand,
		fromInside,
		/** Both stages approve. */
		approveAll: async (requestId: string, duty = app.actor('duty-officer')) => {
			await decide(requestId, duty)
			return decide(requestId, app.actor('data-owner'))
		},
	}
}
