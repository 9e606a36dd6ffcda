// Puts a snapshot out: table, JSON or CSV on stdout, the histogram log to its file, thresholds to the exit code.
import { ExitCode } from '../errors.js';
import { snapshotCsv } from '../export/csv.js';
import { rateText } from '../export/followed.js';
import { snapshotHlog } from '../export/hlog.js';
import { snapshotJson } from '../export/json.js';
import { distributionPlot } from '../export/plot.js';
import { longestTail } from '../export/rows.js';
import { snapshotTable, type TableOptions } from '../export/table.js';
import { violationText } from '../export/violationText.js';
import type { JourneySummary, Snapshot } from '../measure/snapshot.js';
import { violationsIn } from '../measure/threshold.js';
import { print, terminalOf } from '../terminal/output.js';
import type { OutputFile } from './outputFile.js';
import type { SnapshotOptions } from './snapshotOptions.js';

export async function reportSnapshot(
  snapshot: Snapshot,
  options: SnapshotOptions,
  hlog: OutputFile | null,
  { withRate = true } = {},
): Promise<ExitCode> {
  hlog?.write(snapshotHlog(snapshot));
  await print(render(snapshot, options, withRate));
  if (options.format === 'csv' && snapshot.journeys)
    process.stderr.write(`vifscope: ${leftOutText(snapshot, snapshot.journeys)}\n`);
  const violations = violationsIn(snapshot, options.thresholds);
  for (const violation of violations) process.stderr.write(`vifscope: ${violationText(violation)}\n`);
  return violations.length > 0 ? ExitCode.thresholdExceeded : ExitCode.ok;
}

/** A leg has two devices where a record of the CSV has one. */
const leftOutText = ({ legs }: Snapshot, journeys: JourneySummary): string =>
  `CSV has segments only: ${legs.length} ${legs.length === 1 ? 'leg is' : 'legs are'} left out ` +
  `(${rateText(journeys)} followed); --json and --hlog have them`;

function render(snapshot: Snapshot, { format, percentiles }: SnapshotOptions, withRate: boolean): string {
  switch (format) {
    case 'json':
      return `${snapshotJson(snapshot).trimEnd()}\n`;
    case 'csv':
      return snapshotCsv(snapshot, percentiles);
    case 'table':
      return tableWithPlot(snapshot, { percentiles, withRate, ...terminalOf() });
  }
}

function tableWithPlot(snapshot: Snapshot, options: TableOptions): string {
  const table = snapshotTable(snapshot, options);
  const longest = longestTail(snapshot);
  // Without a terminal there is no width to fit the plot to.
  if (!longest || !Number.isFinite(options.width)) return table;
  const plot = distributionPlot(longest, options.width, options.color);
  return plot ? `${table}\n${plot}` : table;
}
