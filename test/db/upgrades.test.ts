import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openDatabase } from '#db/client.ts'
import { loadLockbox, saveLockboxStep } from '#db/queries/lockbox.ts'
import { loadGrantState, saveGrantStep } from '#db/queries/workflow-rows.ts'
import { grantMachine } from '#workflows/grants/grant.machine.ts'
import { lockboxMachine } from '#workflows/lockbox/lockbox.machine.ts'
import { decide } from '#workflows/shared/decide.ts'
import { upgradedDatabase } from './upgraded-database.ts'

/** The last migration under which grants and requests were of version 1. */
const LAST_OF_VERSION_1 = 14
/** The last one before forms that were sent became filings. */
const LAST_WITHOUT_FILINGS = 16
/** The last one under which requests at the lockbox were of version 1. */
const LAST_WITH_LOCKBOX_OF_VERSION_1 = 18

test('a database with grants of version 1 is brought up to date, and they are stepped to their end', async () => {
	const id = randomUUID()
	const context = {
		grantId: id,
		requestId: id,
		personId: id,
		principalId: id,
		roleDefinitionId: id,
		directoryScopeId: '/',
		durationMs: 1_800_000,
		endsAt: '2026-11-23T12:30:00.000Z',
		startsAt: '2026-11-23T12:00:00.000Z',
		tenantRequestId: 't',
		tenantInstanceId: 'i',
		cause: null,
		endedBy: null,
		retryAt: null,
		failure: null,
		closedAt: null,
	}
	await upgradedDatabase(
		LAST_OF_VERSION_1,
		async (then) => {
			await then.query(
				`insert into grants (id, request_id, person_id, role, state, context, machine_version, version, created_at)
				values ($1, $1, $1, 'admin', 'active', $2, 1, 3, now())`,
				[id, context],
			)
		},
		async (connection) => {
			const database = openDatabase(connection, { max: 2 })
			await database.withTx(async (tx) => {
				const before = await loadGrantState(tx, id, true)
				const at = '2026-11-23T12:30:00.000Z'
				const event = { type: 'xstate.after.remainingTime.grant.active', at } as const
				const decided = decide(grantMachine, before.snapshot, event)
				await saveGrantStep(tx, before, decided, {
					event,
					actorId: null,
					entryId: randomUUID(),
					at: new Date(at),
				})
			})
			const { rows } = await database.pool.query('select state, machine_version, context from grants')
			expect(rows).toMatchObject([
				{
					state: 'removing',
					machine_version: 7,
					context: {
						cause: 'deadline',
						extended: [],
						place: { kind: 'role', roleDefinitionId: id, directoryScopeId: '/' },
					},
				},
			])
			await expect(
				database.pool.query(`update grants set state = 'unheard_of' where id = $1`, [id]),
			).rejects.toThrow(/grants_state/)
			await database.close()
		},
	)
})

test('requests of version 1 that wait come into the queue of the role that decides next, and no others', async () => {
	const [waits, second, denied] = [randomUUID(), randomUUID(), randomUUID()]
	const contextOf = (id: string, stage: number) => ({
		requestId: id,
		requesterId: id,
		stages: [
			{ from: 'duty', quorum: 1, withinMs: 3_600_000 },
			{ from: 'owner', quorum: 1, withinMs: 3_600_000 },
		],
		stage,
		decisions: [],
		decideBy: '2026-11-23T12:30:00.000Z',
		closedAt: null,
		voidedBy: null,
	})
	await upgradedDatabase(
		LAST_OF_VERSION_1,
		async (then) => {
			for (const [id, stage, state] of [
				[waits, 0, 'pending'],
				[second, 1, 'pending'],
				[denied, 0, 'denied'],
			] as const)
				await then.query(
					`insert into requests (id, requester_id, role, charter_version_id, duration_seconds, reason, ticket, request_sha256, state, context, machine_version, version, created_at)
					values ($1, $1, 'admin', $1, 3600, 'r', 't', '', $2, $3, 1, 1, now())`,
					[id, state, contextOf(id, stage)],
				)
		},
		async (connection) => {
			const database = openDatabase(connection, { max: 2 })
			const { rows } = await database.pool.query<{ request_id: string; role: string }>(
				'select request_id, role from requests_waiting order by role',
			)
			expect(rows).toEqual([
				{ request_id: waits, role: 'duty' },
				{ request_id: second, role: 'owner' },
			])
			await database.close()
		},
	)
})

test('every form that was sent before is a filing of its own, and its key files nothing again', async () => {
	const [own, forOther, without] = [randomUUID(), randomUUID(), randomUUID()]
	const clerk = randomUUID()
	await upgradedDatabase(
		LAST_WITHOUT_FILINGS,
		async (then) => {
			for (const id of [own, forOther, without, clerk])
				await then.query(
					`insert into people (id, display_name, user_principal_name, entra_object_id, employer, created_at)
					values ($1::uuid, 'A', $1::uuid::text || '@a.example', $1::uuid, 'A', now())`,
					[id],
				)
			for (const [id, filedBy, key] of [
				[own, null, own],
				[forOther, clerk, forOther],
				[without, null, null],
			] as const)
				await then.query(
					`insert into requests (id, requester_id, filed_by, role, charter_version_id, duration_seconds, reason, ticket, request_sha256, filing_key, state, context, machine_version, version, created_at)
					values ($1, $1, $2, 'admin', $1, 3600, 'r', 't', '', $3, 'denied', '{}', 2, 1, now())`,
					[id, filedBy, key],
				)
		},
		async (connection) => {
			const database = openDatabase(connection, { max: 2 })
			const { rows } = await database.pool.query<{ id: string; filed_by: string }>(
				'select id, filed_by from filings',
			)
			expect(new Map(rows.map((row) => [row.id, row.filed_by]))).toEqual(
				new Map([
					[own, own],
					[forOther, clerk],
				]),
			)
			await expect(
				database.pool.query(
					`insert into filings (id, filed_by, refused, created_at) values ($1, $1, '[]', now())`,
					[own],
				),
			).rejects.toThrow(/filings_pkey/)
			await database.close()
		},
	)
})

test('a request at the lockbox of version 1 is loaded, decided on and goes on as version 2', async () => {
	const [id, first, second] = [randomUUID(), randomUUID(), randomUUID()]
	const at = (time: string) => `2026-11-28T${time}:00.000Z`
	const context = {
		requestId: id,
		channel: 'api',
		barred: [],
		stages: [
			{ from: 'duty-officer', quorum: 1, withinMs: 3_600_000 },
			{ from: 'data-owner', quorum: 1, withinMs: 3_600_000 },
		],
		denials: [],
		durationMs: 28_800_000,
		askedAt: at('12:00'),
		deadline: '2026-12-02T12:00:00.000Z',
		stage: 1,
		openedAt: at('12:10'),
		decideBy: at('13:10'),
		decisions: [{ stage: 0, approverId: first, verdict: 'approve', at: at('12:10') }],
		answer: null,
		answerCause: null,
		attempts: 0,
		attemptsBefore: 0,
		sentAt: null,
		failure: null,
		seen: 'pending',
		providerStatus: 'Pending',
		readAt: at('12:00'),
		isOutOfBand: false,
		grantedAt: null,
		accessEndsAt: null,
		endedBy: null,
		closedAt: null,
		steppedAt: at('12:10'),
	}
	await upgradedDatabase(
		LAST_WITH_LOCKBOX_OF_VERSION_1,
		async (then) => {
			await then.query(
				`insert into lockbox_requests (id, provider, scope, provider_request_id, origin, asked, request_sha256, charter_version_id, entry_id, state, context, machine_version, version, created_at)
				values ($1, 'azure', '/subscriptions/s', 'A-1', 'poll', '{}', '', $1, $1, 'pending', $2, 1, 2, now())`,
				[id, context],
			)
		},
		async (connection) => {
			const database = openDatabase(connection, { max: 2 })
			const step = async (event: Parameters<typeof decide<typeof lockboxMachine>>[2]) =>
				database.withTx(async (tx) => {
					const before = await loadLockbox(tx, id, true)
					await saveLockboxStep(tx, before, decide(lockboxMachine, before.snapshot, event), {
						event,
						actorId: null,
						entryId: randomUUID(),
						at: new Date(event.at),
					})
				})
			// Neither what fell nor whom it fell with was known then: both can happen to it now.
			await step({ type: 'APPROVAL_FELL', approverId: first, code: 'SUSPENDED', at: at('12:20') })
			const rows = async () =>
				(
					await database.pool.query<{ state: string }>(
						'select state, machine_version, version, context from lockbox_requests',
					)
				).rows
			expect(await rows()).toMatchObject([
				{
					state: 'pending',
					machine_version: 2,
					version: 3,
					context: { stage: 0, decisions: [{ fell: { code: 'SUSPENDED' } }], decideBy: at('13:20') },
				},
			])
			for (const [stage, approverId] of [
				[0, second],
				[1, randomUUID()],
			] as const)
				if (stage === 0 || (await rows())[0]?.state === 'pending')
					await step({ type: 'DECIDE', stage, approverId, verdict: 'approve', at: at('12:30') })
			expect(await rows()).toMatchObject([{ state: 'approving', context: { answer: 'approve' } }])
			const { rows: timers } = await database.pool.query('select name from timers where workflow_id = $1', [
				id,
			])
			expect(timers.length).toBeGreaterThan(0)
			await database.close()
		},
	)
})
