// Labels below the plot, packed into as few lines as keep them apart.

export interface Label {
  readonly column: number;
  readonly text: string;
}

/** "▲ text" with the arrow at the label's column, or "text ▲" where the line would end too soon for that. */
export function markLines(marks: readonly Label[], width: number): string[] {
  return packedLines(
    marks.map(({ column, text }) =>
      column + text.length + 2 <= width
        ? { column, text: `▲ ${text}` }
        : { column: Math.max(column - text.length - 1, 0), text: `${text} ▲` },
    ),
  );
}

/** One line of labels, each centred below its column as far as the width allows. */
export function tickLine(ticks: readonly Label[], width: number): string {
  const placed = ticks.map(({ column, text }) => {
    const centred = column - Math.floor(text.length / 2);
    return { column: Math.max(0, Math.min(centred, width - text.length)), text };
  });
  return packedLines(placed)[0] ?? '';
}

/** Every label starts at its column, in the first line in which it touches no other. */
function packedLines(labels: readonly Label[]): string[] {
  const lines: string[] = [];
  for (const { column, text } of labels) {
    const isFree = (line: string) =>
      line.slice(Math.max(column - 1, 0), column + text.length + 1).trim() === '';
    const found = lines.findIndex(isFree);
    const index = found === -1 ? lines.length : found;
    const line = (lines[index] ?? '').padEnd(column + text.length);
    lines[index] = line.slice(0, column) + text + line.slice(column + text.length);
  }
  return lines;
}
