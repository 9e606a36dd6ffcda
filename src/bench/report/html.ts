// The report as one page: no script, no other file, nothing from the network.
import type { BenchResult } from '../result/schema.js';
import { Markup, markup } from './markup.js';
import { plotsOf } from './plots/ofResult.js';
import { summaryOf } from './summary.js';
import { type Table, tablesOf } from './tables.js';

/** Okabe and Ito's colours, which colour-blind readers can tell apart. */
const style = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --faint: #d9d9d9; --alarm: #b00020;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #e69f00; --c5: #56b4e9; --c6: #7a7a7a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181c; --faint: #3a3d44; --alarm: #ff8a80;
  --c0: #4aa8e0; --c1: #ff8b45; --c2: #2fd0a3; --c3: #e6a3c8; --c4: #f2bd4b; --c5: #8fd0f5; --c6: #a8a8a8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 84rem; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.warning { color: var(--alarm); font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .25rem; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); } svg .name { font-size: 13px; }
.grid { stroke: var(--faint); stroke-width: 1; } .line { fill: none; stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .25rem 0 0; padding: 0; }
.legend li::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .4em; background: var(--c); }
${[0, 1, 2, 3, 4, 5, 6].map((n) => `.c${n} { --c: var(--c${n}); }`).join(' ')}
.line { stroke: var(--c); } circle, rect { fill: var(--c); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid var(--faint); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: pre; } thead th { border-bottom-width: 2px; }
`;

export function htmlReport(result: BenchResult): string {
  const { title, facts, warnings } = summaryOf(result);
  const plots = plotsOf(result);
  const page = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<h1>${title}</h1>
${warnings.map((warning) => markup`<p class="warning">${warning}</p>`)}
<ul>${facts.map((fact) => markup`<li>${fact}</li>`)}</ul>
<div class="plots">
${plots}</div>
${tablesOf(result).map(tableMarkup)}
</body>
</html>
`;
  return page.text;
}

/** Longer ones wait to be opened. */
const mostShownRows = 30;

function tableMarkup({ title, heading, rows }: Table): Markup {
  const table = markup`<div class="scroll"><table>
<thead><tr>${heading.map((cell) => markup`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(rowMarkup)}</tbody>
</table></div>
`;
  const isLong = rows.length > mostShownRows;
  return markup`<h2>${title}</h2>
${isLong ? markup`<details><summary>${String(rows.length)} lines</summary>\n${table}</details>\n` : table}`;
}

const rowMarkup = (row: readonly string[]): Markup =>
  markup`<tr>${row.map((cell, at) => (at === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td>${cell}</td>`))}</tr>\n`;
