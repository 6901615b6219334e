import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The headless shell first: the same engine without the parts of a browser that nobody sees, in a third of the time. */
const USUAL = [
	'/usr/bin/chromium-headless-shell',
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/usr/bin/google-chrome-stable',
	'/snap/bin/chromium',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const IN_CACHE = [
	'chrome-linux/headless_shell',
	'chrome-headless-shell-linux64/chrome-headless-shell',
	'chrome-headless-shell-mac-arm64/chrome-headless-shell',
	'chrome-headless-shell-mac-x64/chrome-headless-shell',
	'chrome-headless-shell-win64/chrome-headless-shell.exe',
	'chrome-linux/chrome',
	'chrome-linux64/chrome',
	'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
	'chrome-win/chrome.exe',
	'chrome-win64/chrome.exe',
]

/** A Chromium on this machine: CHROMIUM_PATH, the usual places, then Playwright's cache. Null when there is none. */
export function findChromium(): string | null {
	const wanted = process.env.CHROMIUM_PATH
	if (wanted) {
		if (existsSync(wanted)) return wanted
		throw new Error(`CHROMIUM_PATH names ${wanted}, which does not exist.`)
	}
	return USUAL.find((path) => existsSync(path)) ?? inPlaywrightCache()
}

function inPlaywrightCache(): string | null {
	const cache =
		process.env.PLAYWRIGHT_BROWSERS_PATH ??
		join(homedir(), process.platform === 'darwin' ? 'Library/Caches/ms-playwright' : '.cache/ms-playwright')
	if (!existsSync(cache)) return null
	const folders = readdirSync(cache)
		.filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name))
		.sort()
		.reverse()
	for (const folder of folders) {
		for (const path of IN_CACHE) if (existsSync(join(cache, folder, path))) return join(cache, folder, path)
	}
	return null
}

/**
 * A Chromium, fetched when there is none: by Playwright, else as root on Debian by apt-get. Throws, saying what to
 * install, when neither works: the browser tests are never left out in silence.
 */
export function ensureChromium(): string {
	const found = findChromium()
	if (found) return found
	console.log('No Chromium found: trying to get one …')
	const playwright = join(import.meta.dirname, '../../node_modules/playwright-core/cli.js')
	spawnSync(process.execPath, [playwright, 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 })
	const fetched = findChromium()
	if (fetched) return fetched
	if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		spawnSync('apt-get', ['update'], { stdio: 'inherit', timeout: 300_000 })
		for (const name of ['chromium-headless-shell', 'chromium']) {
			const { status } = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', name], {
				stdio: 'inherit',
				timeout: 600_000,
			})
			if (status === 0) break
		}
	}
	const installed = findChromium()
	if (installed) return installed
	throw new Error(
		'The browser tests need Chromium: install it (on Debian: apt-get install chromium-headless-shell), or set CHROMIUM_PATH to its program.',
	)
}
