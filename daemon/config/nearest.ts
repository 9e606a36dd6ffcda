// The known name that was probably meant by an unknown one.

/** Beyond a third of its letters wrong, a name is another name. */
const mostWrong = 1 / 3;

/**
 * @param names dotted, like the known ones: a key of the right name in the wrong section is near too
 * @returns null when none is near
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const last = lastPart(name);
  const [best] = known
    .map((candidate) => ({
      candidate,
      wrong: editDistance(last, lastPart(candidate)),
      farAway: editDistance(name, candidate),
    }))
    .toSorted((a, b) => a.wrong - b.wrong || a.farAway - b.farAway);
  return best && best.wrong <= Math.max(1, last.length * mostWrong) ? best.candidate : null;
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Levenshtein's: letters to insert, leave out or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
