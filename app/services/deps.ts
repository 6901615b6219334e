import type { Logger } from 'pino'
import type { Database, Tx } from '#db/client.ts'
import type { GrantPort } from '#app/integrations/grant-port.ts'
import type { HeadGuard } from '#app/integrations/head-guard.server.ts'
import type { Passkeys } from '#app/integrations/webauthn.server.ts'
import type { OutwardCommand } from '#workflows/shared/commands.ts'
import type { ImpactStore } from './amendments/impact-store.server.ts'
import type { CharterStore } from './charter/charter-store.server.ts'

/** Who signs checkpoints. The private key never leaves the signer, so that an HSM can stand here. */
export type LogSigner = {
	/** Key name and origin of the log. */
	origin: string
	publicKey: Uint8Array
	vkey: string
	/** Ed25519 over the bytes. */
	sign(bytes: Uint8Array): Uint8Array
}

/** What the use cases are made of. Nothing here is read from the environment or from a global. */
export type Deps = {
	database: Database
	now: () => Date
	/** UUIDv7. */
	newId: () => string
	randomBytes: (length: number) => Uint8Array
	/** Queues what the worker must do, inside the step's own transaction. */
	enqueue: (tx: Tx, commands: readonly OutwardCommand[]) => Promise<void>
	/** Called after each commit that wrote an entry or a job: whoever sequences or works may look now. */
	wake: () => void
	charters: CharterStore
	impacts: ImpactStore
	/** Charter texts to begin from, by name. */
	templates: ReadonlyMap<string, string>
	passkeys: Passkeys
	grants: GrantPort
	signer: LogSigner
	headGuard: HeadGuard
	tenant: TenantLabel
	/** The page that verifies bundles offline, as one file; it goes into every bundle. */
	verifierPage: () => Promise<Uint8Array>
	log: Logger
}

/** Which tenant we talk to; the page says so at all times. */
export type TenantLabel = { kind: 'sandbox' | 'entra'; name: string }
