import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { GrantPort } from '#app/integrations/grant-port.ts'
import type { TenantConnection } from '#app/integrations/graph/client.server.ts'
import { connectTenant } from '#app/integrations/graph/connect-tenant.server.ts'
import { extendGrant } from '#app/jobs/extend-grant.server.ts'
import { provisionGrant } from '#app/jobs/provision-grant.server.ts'
import { readTemplates } from '#app/charters/read-templates.ts'
import { impactStore } from '#app/services/amendments/impact-store.server.ts'
import { tileMemory } from '#app/services/ledger/tile-memory.ts'
import { forecastStore } from '#app/services/forecast/forecast-store.server.ts'
import { charterStore } from '#app/services/charter/charter-store.server.ts'
import type { Deps } from '#app/services/deps.ts'
import { openDatabase, type ConnectionTarget } from '#db/client.ts'

/** A worker process that is killed (SIGKILL, by itself) at one moment of provisioning or extending a grant. */
export type CrashOrder = {
	/** By how much the clock of whoever gives the order is before the real time. */
	shiftMs?: number
	database: ConnectionTarget
	tenant: TenantConnection
	grantId: string
	moment: 'before the call' | 'after the call'
	job?: 'provision' | 'extend'
}

const order = JSON.parse(process.env.CRASH_ORDER ?? '') as CrashOrder
const now = () => new Date(Date.now() + (order.shiftMs ?? 0))
const die = (): never => {
	process.kill(process.pid, 'SIGKILL')
	throw new Error('unreachable')
}
const { grants, reader, label } = connectTenant(order.tenant, uuidv7)
const crashing: GrantPort = {
	...grants,
	assign: async (asked) => {
		if (order.moment === 'before the call') die()
		await grants.assign(asked)
		return die()
	},
	update: async (asked) => {
		if (order.moment === 'before the call') die()
		await grants.update(asked)
		return die()
	},
}
const deps: Partial<Deps> = {
	database: openDatabase(order.database, { max: 2 }),
	now,
	newId: () => uuidv7(),
	pause: (ms) => pause(ms),
	randomBytes: (length) => new Uint8Array(randomBytes(length)),
	enqueue: () => Promise.resolve(),
	wake: () => undefined,
	charters: charterStore(),
	impacts: impactStore(),
	tiles: tileMemory(),
	forecasts: forecastStore(() => performance.now()),
	templates: readTemplates(),
	grants: crashing,
	tenant: label,
	reader,
	log: pino({ level: 'silent' }),
}
await (order.job === 'extend' ? extendGrant : provisionGrant)(deps as Deps, order.grantId)
