import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { AssertionResponse } from '#app/integrations/webauthn.server.ts'
import { prepareSuspension, signSuspension } from '#app/services/suspension/sign-suspension.server.ts'
import { openDatabase, type ConnectionTarget, type Database } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import {
	charterText,
	HOLDERS,
	idOf,
	insertVersion,
	officer,
	openDeps,
	PEOPLE,
	ROLES,
	seed,
	until,
} from './cascade/stage.ts'
import { print, round } from './figure.ts'
import { quantile } from './ledger/stage.ts'

const SUSPENSIONS = 200
const WATCHED = 20
const TIMERS = 5000
const PAGES = 60

/** `npm run bench -- cascade [suspend] [amendment] [timers]`: what it takes to end access, on a real PostgreSQL. */
export async function benchCascade(parts: readonly string[]): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-bench-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data'), settings: {} })
	const target = server.connection
	await migrateDatabase(target)
	const owner = openDatabase(target, { max: 4, asOwner: true })
	try {
		await seed(owner)
		const wants = (part: string) => parts.length === 0 || parts.includes(part)
		if (wants('suspend')) await benchSuspend(target, owner)
		if (wants('amendment')) await benchAmendment(target, owner)
		if (wants('timers')) await benchTimers(target, owner)
	} finally {
		await owner.close()
		await server.stop()
		rmSync(folder, { recursive: true, force: true })
	}
}

/** The last of those who hold access, each with ten: cleared for enough, so that the amendment would keep theirs. */
const toSuspend = (n: number) => idOf('person', HOLDERS - 1 - 2 * n)

async function benchSuspend(target: ConnectionTarget, owner: Database): Promise<void> {
	const firstCalls = new Map<string, number>()
	const { deps, queue, close } = await openDeps(target, (principalId) => {
		if (!firstCalls.has(principalId)) firstCalls.set(principalId, performance.now())
	})
	const suspend = async (personId: string) => {
		const form = { personId, step: 'suspend' as const, reason: 'Measured.' }
		const { challengeId } = await prepareSuspension(deps, officer, form)
		const from = performance.now()
		await signSuspension(deps, officer, {
			...form,
			challengeId,
			response: {
				id: 'bench',
				response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
			} as unknown as AssertionResponse,
		})
		return { from, took: performance.now() - from }
	}
	for (let n = 0; n < 10; n++) await suspend(toSuspend(n))
	const commits: number[] = []
	for (let n = 10; n < SUSPENSIONS + 10; n++) commits.push((await suspend(toSuspend(n))).took)
	print({
		name: 'suspend-commit-p99-ms',
		value: round(quantile(commits, 0.99)),
		unit: 'ms',
		note: `one person with ${ROLES} accesses, from the signature to the commit of all revoke commands; ${SUSPENSIONS} times, ${PEOPLE} people, median ${round(quantile(commits, 0.5))} ms`,
	})
	// What was measured so far leaves no jobs behind: each call is to belong to its own suspension.
	await owner.pool.query(`delete from pgboss.job where name in ('grant.remove', 'person.end_sessions')`)
	await queue.work(deps)
	await pause(2000)
	const waits: number[] = []
	for (let n = SUSPENSIONS + 10; n < SUSPENSIONS + 10 + WATCHED; n++) {
		const personId = toSuspend(n)
		const { from } = await suspend(personId)
		await until(() => firstCalls.has(personId))
		waits.push((firstCalls.get(personId) ?? Infinity) - from)
		await pause(700)
	}
	print({
		name: 'suspend-first-call-ms',
		value: round(Math.max(...waits)),
		unit: 'ms',
		note: `from the signature to the first call to Graph; the longest of ${WATCHED}, median ${round(quantile(waits, 0.5))} ms`,
	})
	await close()
}

async function benchAmendment(target: ConnectionTarget, owner: Database): Promise<void> {
	const charterVersionId = idOf('request', -3)
	const child = run('amendment-process.ts', { target, charterVersionId })
	const { port } = (await linesOf(child)()) as { port: number }
	const get = async (path: string) => {
		const from = performance.now()
		const answer = await fetch(`http://127.0.0.1:${port}${path}`)
		const body = await answer.text()
		if (!answer.ok) throw new Error(body)
		return { took: performance.now() - from, body }
	}
	for (let n = 0; n < 20; n++) await get('/')
	const idle: number[] = []
	for (let n = 0; n < PAGES; n++) idle.push((await get('/')).took)
	await insertVersion(owner, charterVersionId, 2, charterText(2, true))
	let isDone = false
	const judged = get('/judge').finally(() => (isDone = true))
	const busy: number[] = []
	while (!isDone) {
		busy.push((await get('/')).took)
		await pause(10)
	}
	const { seconds, rssMb } = JSON.parse((await judged).body) as { seconds: number; rssMb: number }
	const { rows } = await owner.pool.query<{ ended: string; queued: string }>(
		`select (select count(*) from grants where context ->> 'cause' = 'charter') as ended,
			(select count(*) from pgboss.job where name = 'grant.remove' and data ->> 'grantId' in
				(select id::text from grants where context ->> 'cause' = 'charter')) as queued`,
	)
	const { ended, queued } = rows[0] ?? { ended: '0', queued: '0' }
	print({
		name: 'amendment-5k-seconds',
		value: round(seconds, 2),
		unit: 's',
		note: `${HOLDERS * ROLES} accesses judged, ${ended} ended, ${queued} removals queued, in the process that serves pages`,
	})
	print({ name: 'amendment-5k-rss-mb', value: round(rssMb), unit: 'MB', note: 'peak of that process' })
	const [before, during] = [quantile(idle, 0.95), quantile(busy, 0.95)]
	print({
		name: 'amendment-page-ratio',
		value: round(during / before, 2),
		unit: 'x',
		note: `p95 of what the home page is made of, over HTTP and without rendering: idle ${round(before)} ms, meanwhile ${round(during)} ms (${busy.length} pages)`,
	})
	child.kill('SIGTERM')
	await new Promise((resolve) => child.once('exit', resolve))
}

async function benchTimers(target: ConnectionTarget, owner: Database): Promise<void> {
	const workers = [1, 2].map(() => linesOf(run('timer-process.ts', { target })))
	for (const worker of workers) await worker()
	const startAt = Date.now() + 3000
	const { rowCount } = await owner.pool.query(
		`update timers set due_at = $1::timestamptz + random() * interval '1 second'
		where workflow_id in (select id from grants where state = 'active' order by id limit ${TIMERS}) and name <> 'permit'`,
		[new Date(startAt - 1000)],
	)
	const done = (await Promise.all(workers.map((worker) => worker()))) as { fired: number; last: number }[]
	const { rows } = await owner.pool.query<{ events: string; doubles: string }>(
		`select count(*) as events, count(*) - count(distinct workflow_id) as doubles from workflow_events where event ->> 'type' like 'xstate.after.%'`,
	)
	print({
		name: 'timers-5k-seconds',
		value: round((Math.max(...done.map(({ last }) => last)) - startAt) / 1000, 2),
		unit: 's',
		note: `${rowCount} deadlines due in one second, two workers: ${done.map(({ fired }) => fired).join(' and ')}`,
	})
	print({
		name: 'timers-5k-doubles',
		value: Number(rows[0]?.doubles ?? NaN),
		unit: 'deadlines',
		note: `${rows[0]?.events} took effect`,
	})
}

function run(file: string, input: unknown): ChildProcess {
	const child = spawn(process.execPath, [join(import.meta.dirname, 'cascade', file)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	child.stdin?.end(JSON.stringify(input))
	return child
}

/** What the process says, one line after the other. */
function linesOf(child: ChildProcess): () => Promise<unknown> {
	if (child.stdout === null) throw new Error('The process has no output.')
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
	return async () => {
		const { value, done } = await lines.next()
		if (done) throw new Error('The process ended without a word.')
		return JSON.parse(value) as unknown
	}
}
