// What a route is asked and what it answers, free of node:http.
import { errorJson, statusOfError } from '../../src/client/protocol.js';
import { VifscopeError } from '../../src/errors.js';

export interface Request {
  readonly query: URLSearchParams;
  readonly acceptsGzip: boolean;
  /** Aborts when no answer can reach the client any more. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Path → handler. What a handler throws is answered with 500 and logged. */
export type Routes = Readonly<Record<string, (request: Request) => Answer | Promise<Answer>>>;

/** One line of plain text. */
export const textAnswer = (status: number, line: string, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${line}\n`,
  headers,
});

/** A VifscopeError as JSON with the status of its code; anything else is thrown on. */
export function errorAnswer(error: unknown): Answer {
  if (!(error instanceof VifscopeError)) throw error;
  return { status: statusOfError[error.code], contentType: 'application/json', body: errorJson(error) };
}
