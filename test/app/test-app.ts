import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as immediately } from 'node:timers/promises'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { AssertionResponse, Passkeys } from '#app/integrations/webauthn.server.ts'
import { connectLockbox } from '#app/integrations/lockbox/connect-lockbox.server.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { openEvidenceKeys } from '#app/integrations/evidence-keys.server.ts'
import { openFeedSecrets } from '#app/integrations/feed-keys.server.ts'
import { openHeadGuard } from '#app/integrations/head-guard.server.ts'
import { openWebhookClient } from '#app/integrations/webhook-client.server.ts'
import { createWitnessClient } from '#app/integrations/witness-client.server.ts'
import { openLogKeys } from '#app/integrations/log-keys.server.ts'
import { sampleTexts } from '#app/sandbox/load-organisation.ts'
import { startSandbox } from '#app/sandbox/start-sandbox.ts'
import type { Actor } from '#app/services/actor.ts'
import { readTemplates } from '#app/charters/read-templates.ts'
import { impactStore } from '#app/services/amendments/impact-store.server.ts'
import { tileMemory } from '#app/services/ledger/tile-memory.ts'
import { forecastStore } from '#app/services/forecast/forecast-store.server.ts'
import { createChanges } from '#app/services/changes.ts'
import { charterStore } from '#app/services/charter/charter-store.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { guardWithWitnesses } from '#app/services/ledger/witness-policy.server.ts'
import { openBacklog } from '#app/services/ledger/backlog.server.ts'
import { openVerifierPage } from '#app/verifier/open-page.server.ts'
import { factsOfPerson } from '#db/queries/facts.ts'
import { personas } from '#db/queries/people.ts'
import { dutiesOf, permissionsOf } from '#workflows/people/permissions.ts'
import { DEFAULT_RETENTION } from '#workflows/people/facts/retention.ts'
import { DEFAULT_LEADS } from '#workflows/people/renewal-leads.ts'
import type { GroupKeeper } from '#workflows/grants/place.ts'
import { withRules } from '#test/factories/charter-text.ts'
import { createTestDatabase } from '#test/database.ts'
import { createShiftableClock } from '#test/fakes/clock.ts'
import { placeSandboxCertificates } from '#test/sandbox-certificates.ts'
import { organisationTemplate } from './organisation-template.ts'

export type TestApp = Awaited<ReturnType<typeof createTestApp>>

/** Stands for the authenticators: the ceremonies themselves are tested with real ones in the browser tests. */
const trustingPasskeys = (): Passkeys => {
	let count = 0
	return {
		rpId: 'localhost',
		origin: 'http://localhost',
		assertionOptions: () => Promise.resolve({ challenge: '' }),
		verifyAssertion: () => Promise.resolve(++count),
	} as unknown as Passkeys
}

/** The use cases on a real database and the sandbox tenant over TLS; jobs are run by the test itself. */
export async function createTestApp({
	logOrigin = 'localhost/log',
	groups = 'pim',
	hasKillSwitch = false,
	timeoutMs,
	charter: changed = (yaml) => yaml,
	rules = '',
	reachedAt = null,
}: {
	logOrigin?: string
	/** How the tenant keeps places in groups. */
	groups?: GroupKeeper
	/** Whether there is a second application that can only remove. */
	hasKillSwitch?: boolean
	/** For how long an answer of the tenant is waited for. */
	timeoutMs?: number
	/** What is changed of the sample charter before it is loaded. */
	charter?: (yaml: string) => string
	/** What the charter says under `entra:`; null for all that the sample shows. By itself it says nothing. */
	rules?: string | null
	/** Where the sandbox reaches whoever it tells of changes; null where there is nobody. */
	reachedAt?: string | null
} = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'charterkeep-app-'))
	const texts = sampleTexts()
	const ruled = rules === null ? (yaml: string) => yaml : withRules(rules)
	const testDatabase = await createTestDatabase(
		await organisationTemplate(
			{ ...texts, charterYaml: ruled(changed(texts.charterYaml)) },
			{ origin: logOrigin, rpId: 'localhost', webOrigin: 'http://localhost' },
		),
	)
	const { database } = testDatabase
	const clock = createShiftableClock()
	const random = (length: number) => new Uint8Array(randomBytes(length))
	const newId = () => uuidv7()
	const loader = { database, now: clock.now, newId, randomBytes: random }
	const signer = openLogKeys({
		file: join(folder, 'log-key.json'),
		originIfNew: logOrigin,
		external: null,
		randomBytes: random,
	})
	placeSandboxCertificates(join(folder, 'sandbox'))
	const undo: (() => Promise<void> | void)[] = []
	const { sandbox, arm, ...connection } = await startSandbox({
		directory: join(folder, 'sandbox'),
		port: 0,
		database,
		now: clock.now,
		undo,
		reachedAt,
		exchangesKept: Infinity,
	})
	const connect = () =>
		connectTenant(
			{
				...connection,
				groups,
				...(timeoutMs === undefined ? {} : { timeoutMs }),
				kind: 'sandbox',
				killSwitch: hasKillSwitch ? sandbox.killSwitch : null,
			},
			newId,
			clock.now,
			// What a tenant wants to wait for passes with the test's own clock.
			{ milliseconds: () => clock.now().getTime(), random: () => 0.5, after: clock.after },
		)
	const { grants, directory, reader, subscriptions, watch, label } = connect()
	const charters = charterStore()
	const { guard, accuse } = guardWithWitnesses(openHeadGuard(join(folder, 'log-head.json'), signer.origin))
	const deps: Deps = {
		...loader,
		/** Nobody waits: so much later it is at once. */
		pause: async (ms) => {
			clock.advance(ms)
			await immediately()
		},
		enqueue: () => Promise.resolve(),
		wake: () => undefined,
		changes: createChanges(),
		charters,
		impacts: impactStore(),
		tiles: tileMemory(),
		// By a clock that stands still nothing takes long: a forecast is made anew each time, however busy the machine is.
		forecasts: forecastStore(() => 0),
		templates: readTemplates(),
		evidence: openEvidenceKeys(join(folder, 'evidence-keys.json'), random),
		retention: DEFAULT_RETENTION,
		renewalLeads: DEFAULT_LEADS,
		passkeys: trustingPasskeys(),
		grants,
		directory,
		reader,
		notifications: { port: subscriptions, url: null },
		watch,
		lockbox: connectLockbox({ azure: null, m365: null }, { ...connection, kind: 'sandbox' }, arm.origin, {
			newId,
			now: clock.now,
		}),
		signer,
		backlog: openBacklog(database, 1_000_000, () => performance.now()),
		headGuard: guard,
		witnessing: {
			policy: null,
			mode: 'open',
			port: createWitnessClient({ timeoutMs: 2000 }),
			notes: new Map(),
			accuse,
		},
		feedSecret: openFeedSecrets(join(folder, 'feed-key'), random),
		telling: {
			mail: null,
			webhooks: openWebhookClient({ hosts: [], caPem: null, timeoutMs: 2000 }),
			webhookSecret: openFeedSecrets(join(folder, 'feed-key'), random, 'webhook'),
		},
		tenant: label,
		verifierPage: openVerifierPage(),
		log: pino({ level: 'silent' }),
	}
	const known = await personas(database.db)
	const { charter } = await charters.inForce(database.db, clock.now())
	const actors = new Map<string, Actor>()
	for (const { id, persona, displayName } of known) {
		if (persona === null) continue
		const permissions = permissionsOf(
			dutiesOf(charter, await factsOfPerson(database.db, id), clock.now().toISOString()),
		)
		actors.set(persona, { personId: id, sessionId: newId(), displayName, permissions })
	}
	return {
		deps,
		folder,
		clock,
		tenant: sandbox,
		arm,
		connection,
		target: testDatabase.connection,
		owner: testDatabase.owner,
		actor(persona: string): Actor {
			const actor = actors.get(persona)
			if (!actor) throw new Error(`The sample organisation has no ${persona}.`)
			return actor
		},
		/** As after another start: nothing is remembered of the tenant. */
		reconnect(): void {
			const { grants, directory, reader } = connect()
			Object.assign(deps, { grants, directory, reader })
		},
		answerOf: ({ personId }: Actor) =>
			({
				id: `key-${personId}`,
				response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
			}) as unknown as AssertionResponse,
		async stop(): Promise<void> {
			for (const step of undo.reverse()) await step()
			await testDatabase.drop()
			rmSync(folder, { recursive: true, force: true })
		},
	}
}
