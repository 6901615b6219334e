import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const CHECKOUT = join(import.meta.dirname, '..')

/** Fails when the schema says something that no migration does: generating must find nothing to add. */
function main(): number {
	const scratch = mkdtempSync(join(CHECKOUT, 'build-migrations-'))
	try {
		cpSync(join(CHECKOUT, 'db/migrations'), scratch, { recursive: true })
		const before = readdirSync(scratch).length
		const drizzle = join(CHECKOUT, 'node_modules/.bin/drizzle-kit')
		const args = [
			'generate',
			'--dialect',
			'postgresql',
			'--schema',
			'./db/schema/index.ts',
			'--out',
			scratch.slice(CHECKOUT.length + 1),
		]
		const { status, stdout, stderr } = spawnSync(drizzle, args, { cwd: CHECKOUT, encoding: 'utf8' })
		const added = readdirSync(scratch).length - before
		if (status === 0 && added === 0) return 0
		console.log(
			`${stdout}${stderr}\nThe schema has changed without a migration: run npm run db:generate -- --name WHAT_CHANGED.`,
		)
		return 1
	} finally {
		rmSync(scratch, { recursive: true, force: true })
	}
}

process.exitCode = main()
