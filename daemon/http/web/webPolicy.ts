// What a request over TCP has to pass before a route is asked: its Host, the rate, a password.
import type { IncomingMessage } from 'node:http';
import { type Answer, textAnswer } from '../answer.js';
import type { Policy } from '../front.js';
import { Passwords } from './passwords.js';
import { RateLimit } from './rateLimit.js';
import type { Rate, WebConfig } from './webConfig.js';

export class WebPolicy implements Policy {
  readonly #config: () => WebConfig;
  readonly #isOwnHost: (header: string | undefined) => boolean;
  readonly #passwords = new Passwords();
  #limited: { readonly rate: Rate; readonly limit: RateLimit } | null = null;

  constructor(config: () => WebConfig, isOwnHost: (header: string | undefined) => boolean) {
    this.#config = config;
    this.#isOwnHost = isOwnHost;
  }

  get tls() {
    return this.#config().tls;
  }

  get headers() {
    return this.#config().headers;
  }

  async refusal({ headers, socket }: IncomingMessage): Promise<Answer | null> {
    if (!this.#isOwnHost(headers.host))
      return textAnswer(421, 'this host is not called so; web.allowed_hosts can name it');
    const { users, rate } = this.#config();
    if (rate !== null && !this.#limit(rate).pass(performance.now()))
      return textAnswer(429, 'too many requests');
    if (users.size === 0) return null;
    const verdict = await this.#passwords.judge(users, headers.authorization, socket.remoteAddress ?? '');
    if (verdict === 'busy') return textAnswer(503, 'too many passwords to check', { 'Retry-After': '1' });
    return verdict === 'right' ? null : unauthorized;
  }

  /** A new bucket for each new configuration. */
  #limit(rate: Rate): RateLimit {
    if (this.#limited?.rate !== rate) this.#limited = { rate, limit: new RateLimit(rate, performance.now()) };
    return this.#limited.limit;
  }
}

const unauthorized = textAnswer(401, 'a name and a password are needed', {
  'WWW-Authenticate': 'Basic realm="vifscope", charset="UTF-8"',
});
