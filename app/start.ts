import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ServerBuild } from '@remix-run/node'
import { EmbeddedError } from '#db/embedded/errors.ts'
import { MigrationMismatch } from '#db/migrate.ts'
import { RoleMissing } from '#db/role.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { ConfigError, readConfig } from './config.server.ts'
import { LogKeysUnusable } from './integrations/log-keys.server.ts'
import { OrganisationError } from './sandbox/read-organisation.ts'
import { personaLinks, startCharterkeep, StartError, type Charterkeep } from './server.ts'
import { createLog } from './utils/log.server.ts'

const CHECKOUT = join(import.meta.dirname, '..')
const BUILD = join(CHECKOUT, 'build/server/index.js')
const STAMP = join(CHECKOUT, 'build/stamp')
const SOURCES = ['app', 'workflows', 'db', 'public', 'package-lock.json', 'vite.config.ts', 'remix.config.js']
/** Personas that get an enrolment link at the start of the sandbox. */
const ENROL_AT_START = new Set([
	'security-officer',
	'second-security-officer',
	'operator',
	'second-operator',
	'duty-officer',
	'data-owner',
	'charter-owner',
	'second-charter-owner',
	'auditor',
])

/** `npm start`: builds when needed, starts everything, prints where it is, and ends it all on Ctrl-C. */
async function main(): Promise<void> {
	const began = performance.now()
	const config = readConfig(process.env, CHECKOUT)
	const build = await loadBuild()
	const built = performance.now()
	const running = await startCharterkeep(config, { build, log: createLog(config.logLevel) })
	// Loaded only where there is a sandbox.
	if (running.arm) await (await import('./sandbox/seed-lockbox.ts')).seedLockbox(running.deps, running.arm)
	report(running, { buildMs: built - began, startMs: performance.now() - built })
	for (const { persona, name, url } of running.sandbox ? await personaLinks(running, ENROL_AT_START) : []) {
		console.log(`  ${persona.padEnd(26)}${name.padEnd(24)}${url}`)
	}
	console.log('\nCtrl-C stops everything; the data stay.')
	endOn(running)
}

/** The pages, compiled anew when a source is newer than the last build. */
export async function loadBuild(): Promise<ServerBuild> {
	const newest = Math.max(...SOURCES.map((source) => newestIn(join(CHECKOUT, source))))
	const isFresh = existsSync(BUILD) && existsSync(STAMP) && Number(readFileSync(STAMP, 'utf8')) >= newest
	if (!isFresh) {
		console.log('Building the pages …')
		const { status, stdout, stderr } = spawnSync(
			process.execPath,
			[join(CHECKOUT, 'node_modules/@remix-run/dev/dist/cli.js'), 'vite:build'],
			{
				cwd: CHECKOUT,
				encoding: 'utf8',
				env: { ...process.env, NODE_ENV: 'production' },
			},
		)
		if (status !== 0) throw new StartError(`The pages could not be built:\n${stdout}\n${stderr}`)
		await (await import('./verifier/build-page.ts')).writeVerifierPage()
		mkdirSync(join(CHECKOUT, 'build'), { recursive: true })
		writeFileSync(STAMP, String(newest))
	}
	return (await import(pathToFileURL(BUILD).href)) as ServerBuild
}

function newestIn(path: string): number {
	const stat = statSync(path)
	if (!stat.isDirectory()) return stat.mtimeMs
	return Math.max(0, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}

function report(
	{ origin, directory, movedFrom, tenant, vkey, loaded, sandboxAdminUrl }: Charterkeep,
	{ buildMs, startMs }: { buildMs: number; startMs: number },
): void {
	const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
	if (movedFrom !== undefined) {
		console.log(
			`Data go to ${directory}: as root, PostgreSQL runs as another user, who cannot enter ${movedFrom}.`,
		)
	}
	console.log(`\nCharterkeep serves ${origin}`)
	console.log(`  data        ${directory}`)
	console.log(`  tenant      ${tenant.name}`)
	if (sandboxAdminUrl !== null) console.log(`  its faults  ${sandboxAdminUrl}`)
	console.log(`  record key  ${vkey}`)
	console.log(
		`  started in  ${seconds(startMs)} (build ${seconds(buildMs)})${loaded ? ', sample organisation loaded' : ''}`,
	)
	if (tenant.kind === 'sandbox')
		console.log('\nOne-time enrolment links (a start makes new ones, and the old ones stop working):')
}

function endOn({ stop }: Charterkeep): void {
	let stopping = false
	const end = (signal: NodeJS.Signals) => {
		if (stopping) return
		stopping = true
		console.log(`\n${signal === 'SIGINT' ? '' : `${signal}: `}stopping …`)
		stop().then(
			() => process.exit(0),
			(error: unknown) => {
				console.error(error)
				process.exit(1)
			},
		)
	}
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}

const EXPECTED = [
	ConfigError,
	OrganisationError,
	StartError,
	EmbeddedError,
	MigrationMismatch,
	RoleMissing,
	LogKeysUnusable,
	DomainError,
]

if (process.argv[1] === import.meta.filename) {
	main().catch((error: unknown) => {
		const isExpected = EXPECTED.some((kind) => error instanceof kind)
		console.error(isExpected ? `Charterkeep does not start: ${(error as Error).message}` : error)
		process.exit(1)
	})
}
