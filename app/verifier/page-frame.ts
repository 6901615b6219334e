import { createHash } from 'node:crypto'
import { STYLE } from './style.ts'

const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** verify.html around its script: one file that may run this script, use this style, and reach nothing else. */
export function verifierPage(script: string): string {
	// The end of the element must not stand inside of it.
	const code = script.replaceAll('</script', '<\\/script')
	const policy = `default-src 'none'; script-src ${digest(code)}; style-src ${digest(STYLE)}; base-uri 'none'; form-action 'none'`
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Verify a bundle · Charterkeep</title>
<style>${STYLE}</style>
</head>
<body>
<header class="bar no-print"><span class="brand">Charterkeep</span><button type="button" id="language" data-text="language"></button></header>
<main>
<h1 data-text="title">Verify a bundle</h1>
<p class="lead muted" data-text="lead"></p>
<noscript><p>This page checks bundles by JavaScript, which is switched off here. Use npm run verify instead.</p></noscript>
<section class="card no-print" aria-label="Bundle">
<label class="drop" id="drop"><strong data-text="drop"></strong><input type="file" id="file" accept=".zip,.ckbundle.zip"></label>
<details>
<summary data-text="trust"></summary>
<div class="fields">
<div><label class="name" for="vkey" data-text="vkey"></label><p class="hint muted small" id="vkey-hint" data-text="vkeyHint"></p><textarea id="vkey" aria-describedby="vkey-hint" spellcheck="false" autocomplete="off"></textarea></div>
<div><label class="name" for="since" data-text="since"></label><p class="hint muted small" id="since-hint" data-text="sinceHint"></p><input type="file" id="since" aria-describedby="since-hint"></div>
<div><label class="name" for="policy" data-text="policy"></label><p class="hint muted small" id="policy-hint" data-text="policyHint"></p><input type="file" id="policy" aria-describedby="policy-hint"></div>
</div>
</details>
<p><button type="button" class="primary" id="again" data-text="again" hidden></button></p>
</section>
<p id="status" role="status" aria-live="polite"></p>
<div id="report"></div>
</main>
<script>${code}</script>
</body>
</html>
`
}
