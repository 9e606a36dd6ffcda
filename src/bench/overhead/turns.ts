// Observers in turn: in each round everyone once, under the same loads, in an order that turns from round to round.

export interface Observer<N extends string, A extends Attached = Attached> {
  readonly name: N;
  /** Ready when it resolves; ended by `end`, which is called once. */
  readonly attach: () => Promise<A>;
}

export interface Attached {
  /** Called when the loads are over. @returns packets that it has seen leave; null where it doesn't say */
  readonly end: () => Promise<number | null>;
}

/**
 * @param load sends the same each time, and says what came of it
 * @returns by round, what came of each observer's turn
 */
export async function takeTurns<N extends string, T, A extends Attached>(
  observers: readonly Observer<N, A>[],
  rounds: number,
  load: (attached: A) => Promise<T>,
  tell: (round: number, name: N) => void,
): Promise<Readonly<Record<N, Turn<T>>>[]> {
  const results: Readonly<Record<N, Turn<T>>>[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns: Partial<Record<N, Turn<T>>> = {};
    for (const observer of turned(observers, round)) {
      tell(round, observer.name);
      turns[observer.name] = await turnOf(observer, load);
    }
    results.push(turns as Record<N, Turn<T>>);
  }
  return results;
}

export interface Turn<T> {
  readonly load: T;
  readonly seenPackets: number | null;
}

async function turnOf<N extends string, T, A extends Attached>(
  { attach }: Observer<N, A>,
  load: (attached: A) => Promise<T>,
): Promise<Turn<T>> {
  const attached = await attach();
  let came: T;
  try {
    came = await load(attached);
  } catch (error) {
    await attached.end();
    throw error;
  }
  return { load: came, seenPackets: await attached.end() };
}

/** So that nobody always comes first or always after the same one. */
export function turned<T>(items: readonly T[], round: number): readonly T[] {
  const first = round % items.length;
  const rotated = [...items.slice(first), ...items.slice(0, first)];
  return Math.floor(round / items.length) % 2 === 0 ? rotated : rotated.toReversed();
}
