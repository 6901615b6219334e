import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServerBuild } from '@remix-run/node'
import type { Express } from 'express'
import type { Logger } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import { openDatabase, type ConnectionTarget, type Reader } from '#db/client.ts'
import { chooseDataDirectory, lockDataDirectory } from '#db/embedded/data-directory.ts'
import { startEmbedded } from '#db/embedded/launcher.ts'
import { listen as listenTo } from '#db/listen.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { tenantElsewhere } from '#db/queries/finding-tenants.ts'
import { latestCheckpoint } from '#db/queries/ledger.ts'
import { personas } from '#db/queries/people.ts'
import { demandRole } from '#db/role.ts'
import type { Config } from './config.server.ts'
import { createHttp } from './http.server.ts'
import { connectLockbox } from './integrations/lockbox/connect-lockbox.server.ts'
import { connectTenant } from './integrations/graph/connect-tenant.server.ts'
import { openEvidenceKeys } from './integrations/evidence-keys.server.ts'
import { openFeedSecrets } from './integrations/feed-keys.server.ts'
import { openHeadGuard } from './integrations/head-guard.server.ts'
import { openMail } from './integrations/mail.server.ts'
import { openWebhookClient } from './integrations/webhook-client.server.ts'
import { createWitnessClient } from './integrations/witness-client.server.ts'
import { openLogKeys } from './integrations/log-keys.server.ts'
import { createPasskeys } from './integrations/webauthn.server.ts'
import { openQueue } from './jobs/queue.server.ts'
import { startPlacesLoop } from './jobs/places-loop.server.ts'
import { startSubscriptionLoop } from './jobs/subscription-loop.server.ts'
import { startTenantLoop } from './jobs/tenant-loop.server.ts'
import { startReconcileLoop } from './jobs/reconcile-loop.server.ts'
import { startWatchLoop } from './jobs/watch-loop.server.ts'
import { startLockboxLoop } from './jobs/lockbox-loop.server.ts'
import { startTellingLoop } from './jobs/telling-loop.server.ts'
import { startWitnessLoop } from './jobs/witness-loop.server.ts'
import { startLoops } from './jobs/worker.server.ts'
import { readinessOf } from './readiness.server.ts'
import { loadOrganisation, sampleTexts } from './sandbox/load-organisation.ts'
import type { startSandbox } from './sandbox/start-sandbox.ts'
import { readTemplates } from './charters/read-templates.ts'
import { impactStore } from './services/amendments/impact-store.server.ts'
import { tileMemory } from './services/ledger/tile-memory.ts'
import { forecastStore } from './services/forecast/forecast-store.server.ts'
import { CHANGES_CHANNEL, createChanges } from './services/changes.ts'
import { charterStore } from './services/charter/charter-store.server.ts'
import type { Deps } from './services/deps.ts'
import { hearWitnesses } from './services/ledger/witness-log.server.ts'
import { guardWithWitnesses, policyFor } from './services/ledger/witness-policy.server.ts'
import { openBacklog } from './services/ledger/backlog.server.ts'
import { currentKey } from './services/ledger/keys.server.ts'
import { issueLink } from './services/enrolment/enrolment.server.ts'
import { buildServices } from './services/services.ts'
import { openVerifierPage } from './verifier/open-page.server.ts'

/** Something Charterkeep needs is taken or missing. The message is one sentence that says what to do. */
export class StartError extends Error {
	override readonly name = 'StartError'
}

/** The sandbox is asked more often than a provider: somebody is trying things out. */
const SANDBOX_POLL_MS = 3000

export type Charterkeep = Awaited<ReturnType<typeof startCharterkeep>>

/**
 * The composition root: everything is opened, made and connected here, and nowhere else. Gives the address, what was
 * noted on the way, and `stop`, which ends everything in the reverse order and leaves no process.
 */
export async function startCharterkeep(
	config: Config,
	{
		build,
		log,
		now = () => new Date(),
		developing,
	}: {
		build: ServerBuild | (() => Promise<ServerBuild>)
		log: Logger
		now?: () => Date
		developing?: (app: Express) => void
	},
) {
	// Before anything is made: a database that a sandbox once filled is not that of a tenant.
	if (config.sandboxRefusal !== null) throw new StartError(config.sandboxRefusal)
	const undo: (() => Promise<void> | void)[] = []
	const stop = async () => {
		for (const step of undo.splice(0).reverse()) await step()
	}
	try {
		const { directory, movedFrom } = await chooseDataDirectory(config.dataDirectory)
		undo.push(lockDataDirectory(directory))
		const target = await openServer(config, directory, undo)
		await migrateDatabase(target)
		const database = openDatabase(target)
		undo.push(() => database.close())
		await demandRole(database.pool)
		if (config.tenant === null) await demandSandboxDatabase(database.db)
		const http = await listen(config, undo)
		const origin = config.origin ?? `http://localhost:${http.port}`
		const rpId = config.rpId ?? new URL(origin).hostname
		const random = (length: number) => new Uint8Array(randomBytes(length))
		const newId = () => uuidv7({ msecs: now().getTime() })
		const logOrigin = config.logOrigin ?? `${new URL(origin).host}/log`
		const signer = openLogKeys({
			file: config.logKeyFile ?? join(directory, 'log-key.json'),
			originIfNew: logOrigin,
			external: config.externalKeys,
			randomBytes: random,
		})
		signer.follow(
			await currentKey(database.db, signer.first, (await latestCheckpoint(database.db))?.size ?? 0),
		)
		const loader = { database, now, newId, randomBytes: random }
		const texts = config.organisation ?? (config.tenant === null ? sampleTexts() : null)
		const loaded =
			texts !== null &&
			(await loadOrganisation(loader, texts, { origin: signer.origin, rpId, webOrigin: origin }))
		const { tenant, sandboxed } =
			config.tenant !== null
				? { tenant: config.tenant, sandboxed: null }
				: await startedSandbox({
						directory: join(directory, 'sandbox'),
						port: config.sandboxPort,
						seedUsers: config.sandboxUsers,
						reachedAt: `http://127.0.0.1:${http.port}`,
						database,
						now,
						undo,
					})
		// The sandbox reaches this process alone, and only where it has pages.
		const isReached = sandboxed !== null && config.process !== 'worker'
		const notificationUrl =
			sandboxed === null
				? (config.tenant?.notificationUrl ?? null)
				: isReached
					? sandboxed.notificationUrl
					: null
		const {
			grants,
			directory: users,
			reader,
			subscriptions,
			watch,
			label,
		} = connectTenant({ ...tenant, kind: config.tenant === null ? 'sandbox' : 'entra' }, newId, now)
		const queue = await openQueue(target, (error) =>
			log.warn({ error: error.message }, 'the job queue lost its connection for a moment'),
		)
		undo.push(() => queue.stop())
		let wake = () => undefined as void
		const { policy: witnesses, mode, timeoutMs } = config.witnessing
		// Refuses a policy that is not about this log, before anything is signed.
		policyFor(witnesses, [signer.vkey])
		const { guard, accuse } = guardWithWitnesses(
			openHeadGuard(join(directory, 'log-head.json'), signer.origin),
		)
		const changes = createChanges(() =>
			database.pool.query('select pg_notify($1, $2)', [CHANGES_CHANNEL, '']),
		)
		if (config.process !== 'worker') undo.push(listenTo(target, CHANGES_CHANNEL, changes.heard))
		const feedKeyFile = config.feedKeyFile ?? join(directory, 'feed-key')
		const { mail, webhooks } = config.telling
		if (mail?.isPlain === true)
			log.warn({ server: mail.host }, 'mail is sent without encryption, as CHARTERKEEP_SMTP_TLS says')
		const deps: Deps = {
			...loader,
			pause: (ms) => pause(ms),
			enqueue: queue.enqueue,
			wake: () => {
				wake()
				changes.tell()
			},
			changes,
			charters: charterStore(),
			impacts: impactStore(),
			tiles: tileMemory(),
			forecasts: forecastStore(() => performance.now()),
			templates: readTemplates(),
			evidence: openEvidenceKeys(config.evidenceKeyFile ?? join(directory, 'evidence-keys.json'), random),
			retention: config.retention,
			renewalLeads: config.renewalLeads,
			passkeys: createPasskeys({ rpId, rpName: 'Charterkeep', origin }),
			grants,
			directory: users,
			reader,
			notifications: { port: subscriptions, url: notificationUrl },
			watch,
			lockbox: connectLockbox(
				config.lockbox,
				{ ...tenant, kind: config.tenant === null ? 'sandbox' : 'entra' },
				sandboxed?.arm.origin ?? null,
				{ newId, now },
			),
			signer,
			backlog: openBacklog(database, config.recordBacklog, () => performance.now()),
			headGuard: guard,
			witnessing: {
				policy: witnesses,
				mode,
				port: createWitnessClient({ timeoutMs }),
				notes: new Map(),
				accuse,
			},
			feedSecret: openFeedSecrets(feedKeyFile, random),
			telling: {
				mail: mail === null ? null : openMail(mail),
				webhooks: openWebhookClient(webhooks),
				webhookSecret: openFeedSecrets(feedKeyFile, random, 'webhook'),
			},
			tenant: label,
			verifierPage: openVerifierPage(),
			log,
		}
		const works = config.process !== 'web'
		// Before the first entry is signed: a witness may know of more than a database that was put back.
		if (works) await hearWitnesses(deps)
		const loops = works ? startLoops(deps) : null
		if (loops) {
			const tellingLoop = startTellingLoop(deps)
			undo.push(() => tellingLoop.stop())
			wake = () => {
				loops.wake()
				tellingLoop.wake()
			}
			undo.push(() => loops.stop())
			const witnessLoop = startWitnessLoop(deps)
			undo.push(() => witnessLoop.stop())
			const tenantLoop = startTenantLoop(deps, config.groupDeltaMs)
			undo.push(() => tenantLoop.stop())
			const lockboxLoop = startLockboxLoop(deps, sandboxed ? SANDBOX_POLL_MS : config.lockbox.pollMs)
			undo.push(() => lockboxLoop.stop())
			const reconcileLoop = startReconcileLoop(deps, config.reconcileMs, config.rulesMs)
			undo.push(() => reconcileLoop.stop())
			const watchLoop = startWatchLoop(deps)
			undo.push(() => watchLoop.stop())
			const placesLoop = startPlacesLoop(deps)
			undo.push(() => placesLoop.stop())
			await queue.work(deps)
		}
		const ready = readinessOf({
			database,
			backlog: deps.backlog,
			heartbeat: loops?.heartbeat ?? null,
			milliseconds: () => Date.now(),
		})
		if (config.process !== 'worker')
			http.serve(
				createHttp({
					services: buildServices(deps),
					origin,
					trustedProxies: config.trustedProxies,
					log,
					ready,
					build,
					developing,
				}),
			)
		// The tenant tries our address before it tells us anything.
		if (works) {
			const subscriptionLoop = startSubscriptionLoop(deps)
			undo.push(() => subscriptionLoop.stop())
		}
		return {
			origin,
			directory,
			movedFrom,
			loaded,
			tenant: label,
			vkey: signer.vkey,
			deps,
			target,
			sandbox: sandboxed?.sandbox ?? null,
			sandboxAdminUrl: sandboxed?.adminUrl ?? null,
			arm: sandboxed?.arm ?? null,
			stop,
		}
	} catch (error) {
		await stop()
		throw error
	}
}

/**
 * Refuses a sandbox on a database that knows of another tenant, whatever is said of the sandbox: its users would be those of the
 * tenant, so every check would pass, and people would be told of accesses that the tenant never gave.
 */
async function demandSandboxDatabase(reader: Reader): Promise<void> {
	const { SANDBOX_TENANT_ID } = await import('./sandbox/tenant/server.ts')
	const elsewhere = await tenantElsewhere(reader, [SANDBOX_TENANT_ID])
	if (elsewhere === null) return
	throw new StartError(
		`No tenant is set, and this database is of the tenant ${elsewhere}: a sandbox must not stand in for it. Set ENTRA_TENANT_ID and the settings beside it, or give the sandbox a database of its own. See .env.example.`,
	)
}

/** Not even loaded where a tenant is configured: what is not there cannot be reached. */
async function startedSandbox(options: SandboxOptions) {
	const loaded = await import('./sandbox/start-sandbox.ts')
	const sandboxed = await loaded.startSandbox(options)
	return { tenant: sandboxed, sandboxed }
}
type SandboxOptions = Parameters<typeof startSandbox>[0]

/** A fresh one-time enrolment link for each sample persona that is to have one and has no passkey yet. */
export async function personaLinks(
	{ deps, origin }: Pick<Charterkeep, 'deps' | 'origin'>,
	wanted: ReadonlySet<string>,
) {
	const links: { persona: string; name: string; url: string }[] = []
	for (const { id, persona, displayName } of await personas(deps.database.db)) {
		if (persona === null || !wanted.has(persona)) continue
		const { token } = await issueLink(deps, id, null)
		links.push({ persona, name: displayName, url: `${origin}/enrol/${token}` })
	}
	return links
}

async function openServer(
	config: Config,
	directory: string,
	undo: (() => Promise<void> | void)[],
): Promise<ConnectionTarget> {
	if (config.databaseUrl !== null) return { connectionString: config.databaseUrl }
	const server = await startEmbedded({ dataDirectory: directory, binDirectory: config.pgBinDirectory })
	undo.push(() => server.stop())
	return server.connection
}

/** Takes the port first and serves later, so that a busy one is found before anything is written for it. */
async function listen({ host, port }: Config, undo: (() => Promise<void> | void)[]) {
	let handler: Express | null = null
	const server: Server = createServer((request, response) => {
		if (handler) handler(request, response)
		else response.writeHead(503, { 'retry-after': '1' }).end('starting')
	})
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			const why =
				error.code === 'EADDRINUSE'
					? 'is in use'
					: error.code === 'EACCES'
						? 'may not be used by this user'
						: `cannot be used (${error.message})`
			reject(
				new StartError(`Port ${port} on ${host} ${why}: stop what uses it, or set PORT to another one.`, {
					cause: error,
				}),
			)
		})
		server.listen(port, host, resolve)
	})
	undo.push(async () => {
		server.closeAllConnections()
		await new Promise((done) => server.close(done))
	})
	return {
		port: (server.address() as AddressInfo).port,
		serve: (app: Express) => {
			handler = app
		},
	}
}
