// Basic authentication against bcrypt hashes. A comparison takes some 100 ms of the one thread there is: they are
// made one after another, only so many wait, and what was right once is known again.
import { createHmac, randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';

/** busy: too many others are being compared. */
export type Verdict = 'right' | 'wrong' | 'busy';

const mostWaiting = 16;
const mostKnown = 100;

export class Passwords {
  readonly #compare: (password: string, hash: string) => Promise<boolean>;
  readonly #secret = randomBytes(32);
  /** Keyed digests of right answers, oldest first: the password itself is not kept. */
  readonly #known = new Set<string>();
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(compare = bcrypt.compare) {
    this.#compare = compare;
  }

  /**
   * @param users name → bcrypt hash, at least one
   * @param authorization the request's Authorization header
   */
  async judge(users: ReadonlyMap<string, string>, authorization: string | undefined): Promise<Verdict> {
    const credentials = credentialsOf(authorization);
    if (credentials === null) return 'wrong';
    const { name, password } = credentials;
    const hash = users.get(name);
    const digest = this.#digest([name, password, hash ?? '']);
    if (this.#known.has(digest)) return 'right';
    if (this.#waiting >= mostWaiting) return 'busy';
    // A name that isn't there takes as long as a wrong password, so that names can't be found out.
    const isRight = await this.#inTurn(password, hash ?? [...users.values()][0] ?? '');
    if (!isRight || hash === undefined) return 'wrong';
    this.#know(digest);
    return 'right';
  }

  async #inTurn(password: string, hash: string): Promise<boolean> {
    this.#waiting++;
    const mine = this.#last.then(() => this.#compare(password, hash));
    this.#last = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      this.#waiting--;
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
