import { createHash } from 'node:crypto'
import { createText } from '#app/messages/create-text.ts'
import { formats } from '#app/utils/format.ts'
import type { AccessRow } from '#workflows/audit-export/access-book.ts'
import type { Manifest } from '#workflows/audit-export/manifest.ts'
import type { BundleReport, Unchecked } from '#workflows/audit-export/report.ts'
import { html } from './html.ts'
import { renderAccesses, renderManifest, renderNumbers, renderUnchecked } from './render-parts.ts'
import { STYLE } from './style.ts'

/** The digest by which a page's own style is allowed, and no other. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** summary.html: what a bundle holds, in words, on one page without script and without anything from elsewhere. */
export function renderSummary({
	manifest,
	by,
	accesses,
	counts,
	unchecked,
}: {
	manifest: Omit<Manifest, 'summarySha256'>
	by: string
	accesses: readonly AccessRow[]
	counts: Partial<BundleReport['counts']>
	unchecked: readonly Unchecked[]
}): string {
	const { language, timeZone } = manifest
	const words = { t: createText(language), format: formats(language, timeZone) }
	const { t } = words
	const page = html`<main>
		<h1>${t('bundle.summaryTitle')}</h1>
		<p class="lead muted">${t('bundle.summaryLead')}</p>
		<section class="card">
			<h2>${t('bundle.asked')}</h2>
			${renderManifest(words, manifest, by)}
		</section>
		<section class="card">
			<h2>${t('bundle.accesses')}</h2>
			${renderAccesses(words, accesses)}
		</section>
		<div class="two">
			<section class="card">
				<h2>${t('bundle.unchecked')}</h2>
				<p class="muted">${t('bundle.uncheckedLead')}</p>
				${renderUnchecked(words, unchecked)}
			</section>
			<section class="card">
				<h2>${t('bundle.numbers')}</h2>
				${renderNumbers(words, counts)}
			</section>
		</div>
	</main>`
	return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${t('bundle.summaryTitle')} · Charterkeep</title>
<style>${STYLE}</style>
</head>
<body>
${page.text}
</body>
</html>
`
}
