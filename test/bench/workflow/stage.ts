import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { createPasskeys } from '#app/integrations/webauthn.server.ts'
import type { Actor } from '#app/services/actor.ts'
import { prepareDecision } from '#app/services/access/decide-request.server.ts'
import { openDatabase } from '#db/client.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { createPasskey } from '#test/fakes/passkey.ts'
import { charterText, idOf, insertVersion, openDeps, ROLES, seed } from '../cascade/stage.ts'

export const CLIENTS = 16
/** People that each request needs. */
export const QUORUM = 2
const PEOPLE = 2100
/** The first so many of them ask. */
const ASKERS = 1900
const SITE = { rpId: 'localhost', rpName: 'Bench', origin: 'http://localhost' }

export type Stage = Awaited<ReturnType<typeof openStage>>

/** People with real keys who decide, and people who ask, on a PostgreSQL of its own. */
export async function openStage() {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-workflow-'))
	chmodSync(folder, 0o711)
	const server = await startEmbedded({ dataDirectory: join(folder, 'data'), settings: {} })
	const target = server.connection
	await migrateDatabase(target)
	const owner = openDatabase(target, { max: 2, asOwner: true })
	await seed(owner, { people: PEOPLE, holders: 0 })
	const text = charterText(2, false).replaceAll('"quorum":1', `"quorum":${QUORUM}`)
	await insertVersion(owner, idOf('request', -3), 2, text)
	// Each client has its own approvers, one for each seat.
	const approvers = Array.from({ length: CLIENTS * QUORUM }, (_, n) => {
		const personId = idOf('person', PEOPLE - 1 - n)
		const actor: Actor = {
			personId,
			sessionId: idOf('request', -10 - n),
			displayName: `Approver ${n}`,
			permissions: new Set(['request:decide', 'request:read_all']),
		}
		return { actor, key: createPasskey(SITE) }
	})
	for (const { actor, key } of approvers) {
		await owner.pool.query(`update appointments set role = 'approver' where person_id = $1`, [actor.personId])
		await owner.pool.query(
			`insert into credentials (id, person_id, credential_id, public_key, sign_count, aaguid, transports, backed_up, entry_id, created_at)
			values (gen_random_uuid(), $1, $2, $3, 0, '', '[]', false, gen_random_uuid(), now())`,
			[actor.personId, key.credentialId, Buffer.from(key.publicKey)],
		)
	}
	const { deps, queue, close } = await openDeps(target, () => undefined)
	const plain = postgres({ ...target, max: CLIENTS, onnotice: () => undefined })
	const approver = (client: number, seat: number) => {
		const found = approvers[client * QUORUM + seat]
		if (!found) throw new Error('There is no such approver.')
		return found
	}
	const benched = { ...deps, passkeys: createPasskeys(SITE) }
	return {
		folder,
		queue,
		plain,
		approver,
		deps: benched,
		newId: deps.newId,
		form: { reason: 'Measured', ticket: 'CHG-1234', durationSeconds: 3600 },
		/** Who asks for what, each pair of both once. */
		requester(n: number): { actor: Actor; role: string } {
			const personId = idOf('person', n % ASKERS)
			const role = `role-${Math.floor(n / ASKERS) % ROLES}`
			const permissions = new Set(['request:file'] as const)
			return { actor: { personId, sessionId: personId, displayName: 'Requester', permissions }, role }
		},
		/** A decision as far as its signature. */
		async prepared(client: number, seat: number, requestId: string) {
			const { actor, key } = approver(client, seat)
			const form = { requestId, verdict: 'approve' as const, reason: '' }
			const { challengeId, options } = await prepareDecision(benched, actor, form)
			return { requestId, challengeId, response: key.answer(options.challenge) }
		},
		/** Does the work for each number, by all clients at once; each takes every so many-th. */
		async inStep<T>(count: number, work: (client: number, i: number) => Promise<T>): Promise<T[]> {
			const results = new Array<T>(count)
			await Promise.all(
				Array.from({ length: CLIENTS }, async (_, client) => {
					for (let i = client; i < count; i += CLIENTS) results[i] = await work(client, i)
				}),
			)
			return results
		},
		async forgetJobs(): Promise<void> {
			await owner.pool.query(`delete from pgboss.job where name like 'grant.%'`)
		},
		async close(): Promise<void> {
			await plain.end()
			await close()
			await owner.close()
			await server.stop()
			rmSync(folder, { recursive: true, force: true })
		},
	}
}
