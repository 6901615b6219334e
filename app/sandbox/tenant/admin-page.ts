import { createHash } from 'node:crypto'
import type { Switches } from './switches.ts'

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#c9ced6, #3d4450); --soft: light-dark(#f4f6f8, #1c2027); --on: light-dark(#8a3b00, #ffb77a); }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 52rem; padding: 1.5rem 1rem 4rem; background: light-dark(#fff, #12151a); color: light-dark(#1a1d21, #e8eaed); }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 .75rem; max-width: 42rem; }
ul { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
li + li { border-top: 1px solid var(--line); }
li form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; padding: .625rem .875rem; }
li.on { background: var(--soft); box-shadow: inset .25rem 0 0 var(--on); }
li div { flex: 1 1 18rem; }
code { font: .875rem/1.4 ui-monospace, monospace; }
.state { font-weight: 600; }
li.on .state { color: var(--on); }
button, input, select { font: inherit; color: inherit; padding: .375rem .875rem; min-height: 2.5rem; border: 1px solid light-dark(#6b7280, #8b93a1); border-radius: .375rem; background: light-dark(#fff, #1c2027); }
button { cursor: pointer; min-width: 7rem; }
button:hover { background: var(--soft); }
:focus-visible { outline: .1875rem solid light-dark(#0b57d0, #8ab4f8); outline-offset: .125rem; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
label { display: grid; gap: .25rem; }
[role=status] { border: 1px solid var(--line); border-left: .25rem solid light-dark(#0b6e3b, #6fd69b); padding: .5rem .875rem; border-radius: .375rem; background: var(--soft); }
`
/** Under which the page's own style is let in, and no other. */
export const ADMIN_STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`

/** An account that is nobody's: a charter may name it for emergencies. */
const OF_NOBODY = 'b2f5c1de-3a44-4c0e-9a57-6f1d2e8c7a02'

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The page as one document without script. `base` is the path that all its forms lead below; `done` what was done last. */
export function adminPage({
	base,
	done,
	switches,
	users,
	throttled,
}: {
	base: string
	done: string
	switches: ReturnType<Switches['all']>
	users: number
	throttled: number
}): string {
	const rows = switches.map(
		({ name, says, isOn }) => `<li class="${isOn ? 'on' : 'off'}"><form method="post" action="${base}/switch">
<div id="${name}"><code>${name}</code> <span class="state">${isOn ? 'on' : 'off'}</span><br>${escaped(says)}</div>
<input type="hidden" name="name" value="${name}"><input type="hidden" name="on" value="${isOn ? 'no' : 'yes'}">
<button aria-describedby="${name}">${isOn ? 'Switch off' : 'Switch on'}</button></form></li>`,
	)
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox tenant</title><style>${STYLE}</style></head><body>
<main><h1>Sandbox tenant</h1>
<p>What goes wrong with it, until it is set right again. This page belongs to the sandbox; no other tenant has one.</p>
${done === '' ? '' : `<p role="status">${escaped(done)}.</p>`}
<h2 id="faults">Faults</h2>
<ul aria-labelledby="faults">${rows.join('\n')}</ul>
<h2>Once</h2>
<div class="row">
<form method="post" action="${base}/clear"><button>Set everything right</button></form>
<form method="post" action="${base}/expire-delta"><button>Expire delta tokens</button></form>
</div>
<h2>Users</h2>
<p>${users} users. ${throttled} calls were refused by its own budgets since the start.</p>
<form class="row" method="post" action="${base}/users">
<label>As many users as<input name="count" type="number" min="1" max="200000" value="50000" required></label>
<button>Add users</button></form>
<h2>Sign-ins</h2>
<form class="row" method="post" action="${base}/sign-in">
<label>Object id of the user<input name="user" required size="38" autocomplete="off" value="${OF_NOBODY}"></label>
<label>How<select name="wrong"><option value="no">Signs in</option><option value="yes">Wrong password</option></select></label>
<button>Sign in</button></form>
</main></body></html>
`
}
