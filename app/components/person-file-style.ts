/** The style of a person's file: readable on a screen in both themes, and clean on paper. */
export const PERSON_FILE_STYLE = `
:root { color-scheme: light dark; --line: #8a8f98; --muted: #4b5563; --back: #ffffff; --text: #111827; --link: #1d4ed8 }
@media (prefers-color-scheme: dark) {
	:root { --line: #6b7280; --muted: #c3c8d0; --back: #111418; --text: #f3f4f6; --link: #93c5fd }
}
* { box-sizing: border-box }
body {
	margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: var(--back); color: var(--text);
	font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
a { color: var(--link) }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 0.5rem }
h2 { font-size: 1.35rem; margin: 2.5rem 0 0.75rem; border-bottom: 2px solid var(--line) }
h3 { font-size: 1.1rem; margin: 1.5rem 0 0.5rem }
h4, article h3 { font-size: 1rem; margin: 0 0 0.35rem }
nav ul { columns: 2; padding-left: 1.25rem }
article { border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; margin: 0 0 0.75rem; break-inside: avoid }
.retracted h4 { text-decoration: line-through }
dl { margin: 0 }
.row { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: 0 1rem; padding: 0.1rem 0 }
dt { color: var(--muted) }
dd { margin: 0; min-width: 0 }
dd ul { margin: 0; padding-left: 1.1rem }
/* What lies within something stands below its name and keeps the width of the line. */
dd .row { display: block; padding-left: 0.75rem; border-left: 1px solid var(--line) }
code { font: 0.9em ui-monospace, monospace }
@media (max-width: 34rem) {
	body { padding: 1rem }
	nav ul { columns: 1 }
	.row { grid-template-columns: 1fr }
}
@media print {
	:root { color-scheme: light; --line: #999999; --muted: #333333; --back: #ffffff; --text: #000000; --link: #000000 }
	body { max-width: none; padding: 0; font-size: 10pt }
	nav { display: none }
	h2, h3, h4 { break-after: avoid }
}
`
