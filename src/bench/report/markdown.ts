// The report in Markdown.
import { printable } from '../../export/printable.js';
import type { BenchResult } from '../result/schema.js';
import { summaryOf } from './summary.js';
import { tablesOf } from './tables.js';

export function markdownReport(result: BenchResult): string {
  const { title, facts, warnings } = summaryOf(result);
  const tables = tablesOf(result).map(({ title: name, heading, rows }) =>
    [`## ${cell(name)}`, '', row(heading), row(heading.map(() => '---')), ...rows.map(row)].join('\n'),
  );
  return `${[
    `# ${cell(title)}`,
    ...warnings.map((warning) => `> **${cell(warning)}**`),
    facts.map((fact) => `- ${cell(fact)}`).join('\n'),
    ...tables,
  ].join('\n\n')}\n`;
}

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** Nothing in it ends a cell, begins markup or a new line. */
const cell = (text: string): string => printable(text).replace(/[\\`*_<>|[\]#]/g, (sign) => `\\${sign}`);
