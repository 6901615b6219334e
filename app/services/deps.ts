import type { GroupKeeper } from '#workflows/grants/place.ts'
import type { Logger } from 'pino'
import type { Database, Tx } from '#db/client.ts'
import type { KeySecrets } from '#app/integrations/feed-keys.server.ts'
import type { DirectoryPort } from '#app/integrations/directory-port.ts'
import type { SubscriptionPort } from '#app/integrations/subscription-port.ts'
import type { TenantPort } from '#app/integrations/tenant-port.ts'
import type { WatchPort } from '#app/integrations/watch-port.ts'
import type { AppCertificate } from '#app/integrations/graph/certificates.ts'
import type { Capability } from '#app/integrations/graph/clouds.ts'
import type { GrantPort } from '#app/integrations/grant-port.ts'
import type { LockboxPort } from '#app/integrations/lockbox-port.ts'
import type { MailPort } from '#app/integrations/mail-port.ts'
import type { WebhookPort } from '#app/integrations/webhook-client.server.ts'
import type { EvidenceKeys } from '#app/integrations/evidence-keys.server.ts'
import type { HeadGuard } from '#app/integrations/head-guard.server.ts'
import type { Passkeys } from '#app/integrations/webauthn.server.ts'
import type { RenewalLeads } from '#workflows/people/renewal-leads.ts'
import type { Retention } from '#workflows/people/facts/retention.ts'
import type { RemoteKey } from '#workflows/ledger/checkpoint.ts'
import type { Provider } from '#workflows/lockbox/providers.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import type { ImpactStore } from './amendments/impact-store.server.ts'
import type { Changes } from './changes.ts'
import type { CharterStore } from './charter/charter-store.server.ts'
import type { ForecastStore } from './forecast/forecast-store.server.ts'
import type { Witnessing } from './ledger/witness-policy.server.ts'
import type { Backlog } from './ledger/backlog.server.ts'
import type { TileMemory } from './ledger/tile-memory.ts'

/** One key that signs checkpoints. The private key never leaves the signer, so that an HSM can stand here. */
export type LogSigner = RemoteKey & {
	/** Key name and origin of the log. */
	origin: string
}

/** The keys that the log is signed with: one, and two while one takes over from another. */
export type LogKeys = {
	/** Key name of all of them, and origin of the log. */
	origin: string
	/** The key that the log began with, where no entry tells of another. */
	first: string
	/** The verifier key by which the newest checkpoint is signed, as far as is known here (see `keyHistoryOf`). */
	readonly vkey: string
	follow(vkey: string): void
	/** The signer of this verifier key; null where it is not here. */
	find(vkey: string): LogSigner | null
}

/** What the use cases are made of. Nothing here is read from the environment or from a global. */
export type Deps = {
	database: Database
	now: () => Date
	/** Waits so many milliseconds between two looks at the same thing. */
	pause: (ms: number) => Promise<void>
	/** UUIDv7. */
	newId: () => string
	randomBytes: (length: number) => Uint8Array
	/** Queues what the worker must do, inside the step's own transaction. */
	enqueue: (tx: Tx, commands: readonly OutwardCommand[]) => Promise<void>
	/** Called after each commit that wrote an entry or a job: whoever sequences or works may look now. */
	wake: () => void
	/** Tells pages that are being looked at that something was committed, here or in another process. */
	changes: Changes
	charters: CharterStore
	impacts: ImpactStore
	forecasts: ForecastStore
	/** Charter texts to begin from, by name. */
	templates: ReadonlyMap<string, string>
	passkeys: Passkeys
	/** What evidence files are encrypted with. */
	evidence: EvidenceKeys
	/** For how long facts are kept after a person has left. */
	retention: Retention
	/** How long before its end a clearance's renewal must begin. */
	renewalLeads: RenewalLeads
	grants: GrantPort
	/** Users of the tenant. */
	directory: DirectoryPort
	/** Reads what the tenant holds, whole or in parts. */
	reader: TenantPort
	/** By what the tenant is asked to tell us of changes, and where it reaches us; a null address: nowhere. */
	notifications: { port: SubscriptionPort; url: string | null }
	/** What can be asked of accounts that are only watched. */
	watch: WatchPort
	/** Where providers' requests for customer content are read and answered; null where a person carries the answers. */
	lockbox: Readonly<Record<Provider, LockboxPort | null>>
	signer: LogKeys
	backlog: Backlog
	/** Tiles of the log that most proofs pass through. */
	tiles: TileMemory
	headGuard: HeadGuard
	witnessing: Witnessing
	/** Secrets of badge feeds by the id of their key. */
	feedSecret: KeySecrets
	/** How people are told outside of these pages; `mail` is null where no server is set up. */
	telling: { mail: MailPort | null; webhooks: WebhookPort; webhookSecret: KeySecrets }
	tenant: TenantLabel
	/** The page that verifies bundles offline, as one file; it goes into every bundle. */
	verifierPage: () => Promise<Uint8Array>
	log: Logger
}

/** Which tenant we talk to, which the page says at all times, and how it keeps places in groups. */
export type TenantLabel = {
	kind: 'sandbox' | 'entra'
	id: string
	/** Tenants that were left for good, in lower case: nobody looks there any more. */
	former: readonly string[]
	name: string
	groups: GroupKeeper
	/** What its cloud does not have. */
	lacks: readonly Capability[]
	/** Those by which we show ourselves, and until when they are valid. */
	certificates: readonly AppCertificate[]
}
