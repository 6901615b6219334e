import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { createTestDatabase, urlOf } from '#test/database.ts'
import { placeSandboxCertificates } from '#test/sandbox-certificates.ts'
import { axeProblems, launchBrowser, newPersona, takePictures, type Persona } from './browser.ts'
import { enrolAndSignIn } from './ceremonies.ts'
import { startInstance } from './instance.ts'

/** Where pictures of pages are kept for whoever looks at them. */
export const PICTURES = join(import.meta.dirname, '../../.charterkeep/walkthrough')

/**
 * A fresh Charterkeep on a database of the server that the tests share, which has its tables already: the walkthrough is
 * the one that starts as a newcomer does.
 */
export async function startTestInstance(environment: Record<string, string> = {}) {
	const database = await createTestDatabase()
	const instance = await startInstance({ DATABASE_URL: urlOf(database.connection), ...environment }, (data) =>
		placeSandboxCertificates(join(data, 'sandbox')),
	)
	return {
		...instance,
		async stop() {
			await instance.stop()
			await database.drop()
		},
	}
}

export type Stage<Name extends string> = Awaited<ReturnType<typeof startStage<Name>>>

/** A fresh Charterkeep and a browser in which these personas have enrolled a passkey and are signed in. */
export async function startStage<Name extends string>(
	names: readonly Name[],
	environment: Record<string, string> = {},
) {
	const instance = await startTestInstance(environment)
	const browser = await launchBrowser().catch(async (error: unknown) => {
		await instance.stop()
		throw error
	})
	const people = new Map<Name, Persona>()
	for (const name of names) {
		const persona = await newPersona(browser)
		people.set(name, persona)
		await enrolAndSignIn(persona, instance, name)
	}
	return {
		instance,
		browser,
		of(name: Name): Persona {
			const persona = people.get(name)
			if (!persona) throw new Error(`${name} is not there yet.`)
			return persona
		},
		async stop(): Promise<void> {
			await browser.close()
			await instance.stop()
		},
	}
}

/** Checks the page as it stands by axe, and keeps pictures of it. */
export async function look(name: string, page: Page): Promise<void> {
	expect(await axeProblems(page), name).toEqual([])
	await takePictures(page, PICTURES, name)
}
