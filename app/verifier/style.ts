/** How the summary and the verifier look: everything in the page itself, light and dark, on paper too. */
export const STYLE = `
:root { color-scheme: light dark;
	--page: light-dark(#f4f6f8, #0e1217); --surface: light-dark(#fff, #161c23); --text: light-dark(#17212c, #e8edf3);
	--muted: light-dark(#4c5a68, #a3b1c0); --line: light-dark(#cfd7df, #323d49); --strong: light-dark(#7b8896, #73818f);
	--accent: light-dark(#1a4fc4, #8fb6ff); --on-accent: light-dark(#fff, #0b1424); --focus: light-dark(#b35900, #ffc061);
	--good: light-dark(#0d6130, #7ddc9f); --good-bg: light-dark(#dff5e6, #11301d);
	--part: light-dark(#7a4b00, #f2c15c); --part-bg: light-dark(#fff3d6, #33280f);
	--bad: light-dark(#a31515, #ff9c94); --bad-bg: light-dark(#fde8e6, #3c1717); }
* { box-sizing: border-box; }
html { background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif;
	font-variant-numeric: tabular-nums; }
body { margin: 0; } main { max-width: 76rem; margin: 0 auto; padding: 1.25rem; }
header.bar { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; padding: .6rem 1.25rem;
	background: var(--surface); border-bottom: 1px solid var(--line); }
.brand { font-weight: 650; } h1 { font-size: 1.6rem; line-height: 1.25; margin: .25rem 0; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 1.1rem; margin: 0 0 .6rem; } p { margin: .4rem 0; } a { color: var(--accent); }
.muted { color: var(--muted); } .small { font-size: .87rem; } .lead { max-width: 46rem; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
code { font-family: ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace; font-size: .87em; overflow-wrap: anywhere; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.1rem; margin: 1rem 0; }
.drop { display: block; border: 2px dashed var(--strong); border-radius: 8px; padding: 1.6rem 1rem; text-align: center; cursor: pointer; }
.drop.over { border-color: var(--accent); background: var(--page); } .drop input { display: block; margin: .8rem auto 0; width: auto; max-width: 100%; }
details { margin: 1rem 0; } details .fields { margin-top: .8rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .9rem 1.2rem; }
label.name { display: block; font-weight: 600; } .hint { margin: .1rem 0 .3rem; }
textarea, input[type=file] { width: 100%; font: inherit; color: inherit; }
textarea { background: var(--page); border: 1px solid var(--strong); border-radius: 5px; padding: .4rem .5rem; min-height: 4.2rem; font-family: ui-monospace, monospace; font-size: .87rem; }
button { font: inherit; font-weight: 600; min-height: 2.2rem; padding: .3rem .9rem; border-radius: 6px; border: 1px solid var(--strong); background: var(--surface); color: var(--text); cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
summary { cursor: pointer; font-weight: 600; min-height: 24px; }
.verdict { border-left: 8px solid; padding: 1rem 1.2rem; border-radius: 8px; margin: 1rem 0; }
.verdict h2 { font-size: 1.5rem; margin: 0; } .verdict p { margin: .2rem 0 0; color: var(--text); } .verdict p.bad { color: var(--bad); }
.verdict.good { border-color: var(--good); background: var(--good-bg); } .verdict.good h2, .good { color: var(--good); }
.verdict.part { border-color: var(--part); background: var(--part-bg); } .verdict.part h2, .part { color: var(--part); }
.verdict.bad { border-color: var(--bad); background: var(--bad-bg); } .verdict.bad h2, .bad { color: var(--bad); }
dl { margin: 0; } dl > div { display: grid; grid-template-columns: minmax(10rem, 17rem) 1fr; gap: .1rem 1rem; padding: .3rem 0; border-top: 1px solid var(--line); }
dl > div:first-child { border-top: 0; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
ul.findings { padding-left: 1.1rem; margin: .3rem 0; } ul.findings li { margin: .4rem 0; }
ul.plain { list-style: none; margin: 0; padding: 0; } ul.plain > li + li { margin-top: .3rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-top: 1px solid var(--line); }
th { font-size: .87rem; color: var(--muted); } .state { font-weight: 600; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0 1rem; }
[hidden] { display: none !important; }
@media (max-width: 700px) { dl > div { grid-template-columns: 1fr; } thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
	table, tbody, tr, td { display: block; width: 100%; } tr { border-top: 1px solid var(--strong); padding: .5rem 0; }
	td { border: 0; padding: .25rem 0; } td::before { content: attr(data-label); display: block; color: var(--muted); font-size: .8rem; } }
@media print { :root { color-scheme: light; } html { background: #fff; font-size: 11px; } .no-print { display: none; } .card { break-inside: avoid-page; border-color: #999; } tr { break-inside: avoid; } main { padding: 0; } }
`
