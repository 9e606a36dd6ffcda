// Names of interval logs: after the UTC second in which they start, and a number where several start in one.

/** @param number from 1, which is not written */
export function logName(startTimeMs: number, number: number): string {
  const second = new Date(startTimeMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return `vifscope-${second.replace(/[-:]/g, '')}${number === 1 ? '' : `-${number}`}.hlog`;
}

/**
 * The oldest logs, beyond those to keep; names that are none are nobody's business.
 * @param current is being written: it is kept, and counts as one of them
 */
export function surplusLogs(
  names: readonly string[],
  keep: number,
  current: string | null,
): readonly string[] {
  const others = names
    .filter((name) => name !== current)
    .flatMap((name) => {
      const [, second, number = '1'] = /^vifscope-(\d{8}T\d{6}Z)(?:-(\d+))?\.hlog$/.exec(name) ?? [];
      return second === undefined ? [] : [{ name, second, number: Number(number) }];
    })
    .toSorted((a, b) => (a.second === b.second ? a.number - b.number : a.second < b.second ? -1 : 1));
  const kept = current === null ? keep : keep - 1;
  return others.slice(0, Math.max(0, others.length - kept)).map(({ name }) => name);
}
