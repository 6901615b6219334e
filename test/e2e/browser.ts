import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type axe from 'axe-core'
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core'
import { ensureChromium } from './chromium.ts'

const ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
]

const LONGEST_WAIT_MS = 90_000

export function launchBrowser(): Promise<Browser> {
	return chromium.launch({ executablePath: ensureChromium(), headless: true, args: ARGUMENTS })
}

export type Persona = {
	page: Page
	context: BrowserContext
	cdp: CDPSession
	authenticatorId: string
	close(): Promise<void>
}

/** What went wrong in the scripts of a page, a page that was drawn anew for a text of its own among it. */
const scriptErrors = new WeakMap<Page, string[]>()

/** A person at their own machine: a browser profile with a passkey authenticator that verifies its user. */
export async function newPersona(browser: Browser, { width = 1280, dark = false } = {}): Promise<Persona> {
	const context = await browser.newContext({
		viewport: { width, height: 900 },
		colorScheme: dark ? 'dark' : 'light',
		locale: 'en-GB',
		acceptDownloads: true,
	})
	// It only ends what would never come: a machine with other work takes its time.
	context.setDefaultTimeout(LONGEST_WAIT_MS)
	const page = await context.newPage()
	const errors: string[] = []
	page.on('pageerror', ({ message }) => errors.push(`${message.slice(0, 200)} on ${page.url()}`))
	scriptErrors.set(page, errors)
	const cdp = await context.newCDPSession(page)
	await cdp.send('WebAuthn.enable')
	const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			transport: 'internal',
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true,
		},
	})
	return { page, context, cdp, authenticatorId, close: () => context.close() }
}

/** Without its comments: half the time that a page needs to read it. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * What a page that has come to rest fails of WCAG 2.2 AA, and what went wrong in its scripts until then, as one line each.
 * axe runs in the page itself: the wrapper for frames opens a page of its own each time and takes four times as long,
 * and no page of ours has a frame.
 */
export async function axeProblems(page: Page): Promise<string[]> {
	if (page.frames().length > 1) throw new Error('A page with frames is not checked as a whole by this.')
	await page.evaluate(AXE)
	const violations = await page.evaluate(
		async ({ tags }) => {
			const { run } = (globalThis as unknown as { axe: typeof axe }).axe
			const found = await run({ runOnly: tags, resultTypes: ['violations'] })
			return found.violations.map(
				({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`,
			)
		},
		{ tags: AXE_TAGS },
	)
	return [...violations, ...(scriptErrors.get(page)?.splice(0) ?? []).map((message) => `script: ${message}`)]
}

/**
 * Pictures of the page as it stands: light and dark, wide and narrow. Only where CHARTERKEEP_PICTURES asks for them, since
 * nobody looks at those of every run, and they take as long as the tests.
 */
export async function takePictures(page: Page, directory: string, name: string): Promise<void> {
	if (!process.env.CHARTERKEEP_PICTURES) return
	mkdirSync(directory, { recursive: true })
	const before = page.viewportSize() ?? { width: 1280, height: 900 }
	for (const scheme of ['light', 'dark'] as const) {
		for (const [label, width] of [
			['wide', 1440],
			['narrow', 390],
		] as const) {
			await page.emulateMedia({ colorScheme: scheme })
			await page.setViewportSize({ width, height: 900 })
			await page.screenshot({ path: join(directory, `${name}-${scheme}-${label}.png`), fullPage: true })
		}
	}
	await page.emulateMedia({ colorScheme: null })
	await page.setViewportSize(before)
}
