import { setTimeout as pause } from 'node:timers/promises'
import type postgres from 'postgres'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { startSandbox } from '#app/sandbox/start-sandbox.ts'
import { decideRequest } from '#app/services/access/decide-request.server.ts'
import { fileRequest } from '#test/app/file-one.ts'
import { print, round } from './figure.ts'
import { median, quantile } from './ledger/stage.ts'
import { benchQueue } from './queue.ts'
import { CLIENTS, openStage, QUORUM, type Stage } from './workflow/stage.ts'

const ROUNDS = 5
/** Requests of a round; each takes as many decisions as its quorum. */
const REQUESTS = 320
const PLAIN_MS = 3000
const SENT = 60

/** `npm run bench -- workflow [decisions] [sent] [queue]`: what a decision costs, on a real PostgreSQL with fsync on. */
export async function benchWorkflow(parts: readonly string[]): Promise<void> {
	const wants = (part: string) => parts.length === 0 || parts.includes(part)
	if (wants('decisions') || wants('sent')) {
		const stage = await openStage()
		try {
			if (wants('decisions')) await benchDecisions(stage)
			if (wants('sent')) await benchSent(stage)
		} finally {
			await stage.close()
		}
	}
	if (wants('queue')) await benchQueue()
}

async function benchDecisions(stage: Stage): Promise<void> {
	await stage.plain`create table plain (id uuid primary key, at timestamptz not null, note text not null)`
	const plain: number[] = []
	const decided: number[] = []
	const took: number[] = []
	// The first round warms up and is not counted.
	for (let n = 0; n <= ROUNDS; n++) {
		const rate = await plainRate(stage.plain, stage)
		const round = await decisionRound(stage, n)
		if (n === 0) continue
		plain.push(rate)
		decided.push(round.rate)
		took.push(...round.took)
	}
	print({
		name: 'decision-rate-ratio',
		value: round(median(decided) / median(plain), 3),
		unit: 'ratio',
		peer: `plain insert of one row through postgres.js, a transaction by itself: ${round(median(plain))}/s`,
		note: `${round(median(decided))} decisions/s from the signature to the commit, ${CLIENTS} clients; every ${QUORUM}. one opens an access and queues its job`,
	})
	print({
		name: 'decision-p99-ms',
		value: round(quantile(took, 0.99)),
		unit: 'ms',
		note: `${took.length} decisions, median ${round(median(took))} ms, ${CLIENTS} at once in one process`,
	})
}

/** Commits of one row by as many clients, as fast as they go. */
async function plainRate(sql: postgres.Sql, { newId }: Stage): Promise<number> {
	const from = performance.now()
	let done = 0
	await Promise.all(
		Array.from({ length: CLIENTS }, async () => {
			while (performance.now() - from < PLAIN_MS) {
				await sql`insert into plain (id, at, note) values (${newId()}, ${new Date()}, 'measured')`
				done += 1
			}
		}),
	)
	return done / ((performance.now() - from) / 1000)
}

async function decisionRound(stage: Stage, n: number): Promise<{ rate: number; took: number[] }> {
	const requestIds = await stage.inStep(REQUESTS, (_, i) => {
		const { actor, role } = stage.requester(n * REQUESTS + i)
		return fileRequest(stage.deps, actor, { ...stage.form, role })
	})
	const took: number[] = []
	let ms = 0
	// Whoever has decided on a request does not decide on it again.
	for (let seat = 0; seat < QUORUM; seat++) {
		const ready = await stage.inStep(REQUESTS, (client, i) =>
			stage.prepared(client, seat, requestIds[i] ?? ''),
		)
		const from = performance.now()
		await stage.inStep(REQUESTS, async (client, i) => {
			const at = performance.now()
			const order = ready[i]
			if (order === undefined) throw new Error('A decision was not prepared.')
			await decideRequest(stage.deps, stage.approver(client, seat).actor, order)
			took.push(performance.now() - at)
		})
		ms += performance.now() - from
	}
	return { rate: (REQUESTS * QUORUM * 1000) / ms, took }
}

/** One request after the other, each approved at once, with the worker at work against the sandbox tenant over TLS. */
async function benchSent(stage: Stage): Promise<void> {
	const undo: (() => Promise<void> | void)[] = []
	const { deps, queue, folder } = stage
	await stage.forgetJobs()
	const { sandbox, ...connection } = await startSandbox({
		directory: folder,
		port: 0,
		database: deps.database,
		now: deps.now,
		undo,
	})
	const { grants, reader } = connectTenant({ ...connection, kind: 'sandbox' }, deps.newId)
	const sentAt = new Map<string, number>()
	const watched: typeof grants = {
		...grants,
		assign: (order) => {
			sentAt.set(order.principalId, performance.now())
			return grants.assign(order)
		},
	}
	await queue.work({ ...deps, grants: watched, reader })
	await pause(1000)
	const waits: number[] = []
	for (let n = 0; n < SENT + 5; n++) {
		const { actor, role } = stage.requester(100_000 + n)
		// Whoever is to be given access must have an account that works.
		sandbox.users.put(actor.personId, { accountEnabled: true })
		sandbox.users.setMethods(actor.personId, ['fido2'])
		const from = performance.now()
		const requestId = await fileRequest(deps, actor, { ...stage.form, role })
		const filed = performance.now()
		for (let seat = 0; seat < QUORUM; seat++) {
			const order = await stage.prepared(0, seat, requestId)
			await decideRequest(deps, stage.approver(0, seat).actor, order)
		}
		const approvals = performance.now() - filed
		while (!sentAt.has(actor.personId)) await pause(1)
		if (n >= 5) waits.push((sentAt.get(actor.personId) ?? Infinity) - from - approvals)
		// Not in step with anything that looks at intervals.
		await pause(100 + Math.random() * 500)
	}
	print({
		name: 'filed-to-sent-p50-ms',
		value: round(median(waits)),
		unit: 'ms',
		note: `from filing to adminAssign, less the time of the ${QUORUM} approvals; p99 ${round(quantile(waits, 0.99))} ms, ${waits.length} requests, sandbox tenant (${sandbox.graphBaseUrl.slice(0, 5)})`,
	})
	for (const step of undo.reverse()) await step()
}
