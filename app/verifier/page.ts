import { z } from 'zod'
import { createText, type Language } from '#app/messages/create-text.ts'
import { formats } from '#app/utils/format.ts'
import { verifyBundle } from '#workflows/audit-export/verify-bundle.ts'
import type { BundleReport } from '#workflows/audit-export/report.ts'
import { browserPlatform } from './browser-platform.ts'
import { html } from './html.ts'
import { failureInGerman } from './failures-in-german.ts'
import { renderReport } from './render-report.ts'

// The page allows no code to be made from text, which schemas would else try.
z.config({ jitless: true })

let language: Language = navigator.language.startsWith('de') ? 'de' : 'en'
let bundle: File | null = null
let report: BundleReport | null = null
/** Counts the checks, so that one that was overtaken shows nothing. */
let turn = 0

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const words = () => ({ t: createText(language), format: formats(language, zone()) })

/** The zone that the bundle names, where this browser knows it. */
function zone(): string {
	const named = report?.manifest?.timeZone ?? 'UTC'
	try {
		return new Intl.DateTimeFormat('en', { timeZone: named }).resolvedOptions().timeZone
	} catch {
		// An unknown zone: times are then shown in UTC, which is what the entries say.
		return 'UTC'
	}
}

/** Puts every word of the frame into the page, in the language chosen. What was typed stays. */
function speak(): void {
	const { t } = words()
	document.documentElement.lang = language
	document.title = `${t('bundle.title')} · Charterkeep`
	for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
		element.textContent = t(`bundle.${element.dataset.text}` as 'bundle.title')
	byId('language').lang = language === 'en' ? 'de' : 'en'
	if (report !== null) show()
}

function show(): void {
	if (report === null) return
	const inWords = language === 'de' ? failureInGerman : undefined
	byId('report').innerHTML = renderReport(words(), report, inWords).text
}

async function* bytesOf(file: File): AsyncGenerator<Uint8Array> {
	const reader = file.stream().getReader()
	for (;;) {
		const { done, value } = await reader.read()
		if (done) return
		yield value
	}
}

const textOf = async (id: string) => {
	const [file] = byId<HTMLInputElement>(id).files ?? []
	return file === undefined ? undefined : file.text()
}

async function check(file: File): Promise<void> {
	const mine = ++turn
	const { t } = words()
	const status = byId('status')
	report = null
	byId('report').innerHTML = ''
	const tell = (bytes: number) => {
		if (mine === turn) status.textContent = t('bundle.reading', { megabytes: Math.floor(bytes / 1_000_000) })
	}
	tell(0)
	try {
		const vkey = byId<HTMLTextAreaElement>('vkey').value.trim()
		const found = await verifyBundle(bytesOf(file), browserPlatform(globalThis.crypto?.subtle), {
			...(vkey === '' ? {} : { vkey }),
			since: await textOf('since'),
			policy: await textOf('policy'),
			onProgress: tell,
		})
		if (mine !== turn) return
		report = found
		show()
		status.textContent = `${file.name}: ${t(`bundle.${KEYS[found.verdict]}`)}`
	} catch (error) {
		if (mine !== turn) return
		const why = error instanceof Error ? error.message : String(error)
		byId('report').innerHTML = html`<section class="verdict bad">
			<h2>${t('bundle.refused')}</h2>
			<p>${t('bundle.notAFile', { why })}</p>
		</section>`.text
		status.textContent = t('bundle.refused')
	}
}
const KEYS = { verified: 'verified', 'verified in part': 'partly', refused: 'refused' } as const

function take(file: File | undefined): void {
	if (file === undefined) return
	bundle = file
	byId('again').hidden = false
	void check(file)
}

function listen(): void {
	const drop = byId('drop')
	byId<HTMLInputElement>('file').addEventListener('change', (event) =>
		take((event.target as HTMLInputElement).files?.[0]),
	)
	// Wherever on the page it is dropped: a browser would else open the file and leave.
	document.addEventListener('dragover', (event) => {
		event.preventDefault()
		drop.classList.add('over')
	})
	document.addEventListener('dragleave', () => drop.classList.remove('over'))
	document.addEventListener('drop', (event) => {
		event.preventDefault()
		drop.classList.remove('over')
		take(event.dataTransfer?.files[0])
	})
	byId('again').addEventListener('click', () => take(bundle ?? undefined))
	byId('language').addEventListener('click', () => {
		language = language === 'en' ? 'de' : 'en'
		speak()
	})
}

listen()
speak()
