// Basic authentication against bcrypt hashes. A comparison takes some 100 ms of the one thread there is: they are
// made one after another, few wait, one of each client, and what was right once is known again.
import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import bcrypt from 'bcryptjs';

/** busy: others, or another of the same client, are being compared. */
export type Verdict = 'right' | 'wrong' | 'busy';

/** Who knows the password waits for no more guesses of others than this. */
const mostWaiting = 4;
/** Before each comparison, so that requests that have come meanwhile are heard, and refused where there are many. */
const restMs = 25;
const mostKnown = 100;

export class Passwords {
  readonly #compare: (password: string, hash: string) => Promise<boolean>;
  readonly #secret = randomBytes(32);
  /** Keyed digests of right answers, oldest first: the password itself is not kept. */
  readonly #known = new Set<string>();
  /** The clients whose passwords are compared or wait for it. */
  readonly #waiting = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(compare = bcrypt.compare) {
    this.#compare = compare;
  }

  /**
   * @param users name → bcrypt hash, at least one
   * @param authorization the request's Authorization header
   * @param client the address that it comes from
   */
  async judge(
    users: ReadonlyMap<string, string>,
    authorization: string | undefined,
    client: string,
  ): Promise<Verdict> {
    const credentials = credentialsOf(authorization);
    if (credentials === null) return 'wrong';
    const { name, password } = credentials;
    const hash = users.get(name);
    const digest = this.#digest([name, password, hash ?? '']);
    if (this.#known.has(digest)) return 'right';
    if (this.#waiting.size >= mostWaiting || this.#waiting.has(client)) return 'busy';
    // A name that isn't there takes as long as a wrong password, so that names can't be found out.
    const isRight = await this.#inTurn(client, password, hash ?? [...users.values()][0] ?? '');
    if (!isRight || hash === undefined) return 'wrong';
    this.#know(digest);
    return 'right';
  }

  async #inTurn(client: string, password: string, hash: string): Promise<boolean> {
    this.#waiting.add(client);
    const mine = this.#last.then(() => setTimeout(restMs)).then(() => this.#compare(password, hash));
    this.#last = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      this.#waiting.delete(client);
    }
  }

  #know(digest: string): void {
    if (this.#known.size >= mostKnown)
      for (const oldest of [...this.#known].slice(0, 1)) this.#known.delete(oldest);
    this.#known.add(digest);
  }

  #digest(parts: readonly string[]): string {
    return createHmac('sha256', this.#secret).update(JSON.stringify(parts)).digest('base64');
  }
}

function credentialsOf(authorization: string | undefined): { name: string; password: string } | null {
  const [, encoded] = /^Basic +([A-Za-z\d+/]+=*) *$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return null;
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return name === undefined || password === undefined ? null : { name, password };
}
