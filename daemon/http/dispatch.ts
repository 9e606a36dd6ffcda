// From a request to its answer: what is refused before any route is asked, and the route's answer itself.
import type { IncomingMessage } from 'node:http';
import { reasonOf } from '../../src/errors.js';
import type { Journal } from '../journal.js';
import { type Answer, type Routes, textAnswer } from './answer.js';
import { landingPage } from './landingPage.js';

/** Why a request is refused, or null where it isn't. */
export type Refusal = (request: IncomingMessage) => Answer | null | Promise<Answer | null>;

export interface Dispatched {
  readonly by: 'refusal' | 'route';
  readonly answer: Answer;
}

export class Dispatcher {
  readonly #routes: Routes;
  readonly #refusal: Refusal;
  readonly #log: Journal;

  constructor(routes: Routes, refusal: Refusal, log: Journal) {
    this.#routes = { '/': () => landingPage(Object.keys(routes)), ...routes };
    this.#refusal = refusal;
    this.#log = log;
  }

  /** @param signal aborts when no answer can reach the client any more */
  async dispatch(request: IncomingMessage, signal: AbortSignal): Promise<Dispatched> {
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
    try {
      const refused = misaddressed(request) ?? (await this.#refusal(request)) ?? refusalOf(request);
      if (refused !== null) return { by: 'refusal', answer: refused };
      const route = Object.hasOwn(this.#routes, path) ? this.#routes[path] : undefined;
      if (route === undefined)
        return { by: 'refusal', answer: textAnswer(404, 'not found; / lists what is') };
      const acceptsGzip = takesGzip(request.headers['accept-encoding']);
      return { by: 'route', answer: await route({ query: new URLSearchParams(query), acceptsGzip, signal }) };
    } catch (error) {
      // Whoever asks is not told what broke: it may name paths, and is of no use to them. Whoever has gone is often
      // what broke.
      if (!signal.aborted) this.#log('error', `answering ${path.slice(0, 100)} failed: ${reasonOf(error)}`);
      return {
        by: 'route',
        answer: textAnswer(500, 'internal error; the journal of the service tells more'),
      };
    }
  }
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;

/** No one could tell which Host is meant. Source: RFC 9112, section 3.2. */
function misaddressed({ headersDistinct }: IncomingMessage): Answer | null {
  const { host = [] } = headersDistinct;
  return host.length > 1 ? textAnswer(400, 'more than one Host') : null;
}

function refusalOf(request: IncomingMessage): Answer | null {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return textAnswer(405, 'only GET and HEAD', { Allow: 'GET, HEAD' });
  return hasBody(request) ? textAnswer(413, 'a request has no body here') : null;
}

/** Only gzip by name: `*` may mean anything, and plain text is always right. */
function takesGzip(header: string | string[] | undefined): boolean {
  const codings = String(header ?? '').split(',');
  return codings.some((coding) => {
    const [name, ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase());
    return name === 'gzip' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
