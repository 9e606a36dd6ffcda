// The exporters' web configuration file: its keys and their types.
// Source: prometheus/exporter-toolkit, docs/web-configuration.md.
import { validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { scaledNumber } from '../../../src/measure/optionText.js';
import { tlsShape } from './tlsShape.js';

const headerValue = z.string().refine(isHeaderValue, 'not a value that a header can have');
const bcryptHash = z
  .string()
  .regex(/^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z\d]{53}$/, 'not a bcrypt hash');

const msOf: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

const aDuration = 'a duration like 1s or 100ms';
const interval = z
  .union([z.literal(0), z.string()], {
    error: ({ input }) => (input === undefined ? `missing: ${aDuration}` : `not ${aDuration}`),
  })
  .transform((value, context) => {
    const intervalMs = value === 0 || value === '0' ? 0 : scaledNumber(value, msOf);
    if (intervalMs === null) context.addIssue(`not ${aDuration}`);
    return intervalMs ?? 0;
  });

export const webConfigShape = z.strictObject({
  tls_server_config: tlsShape.nullish(),
  http_server_config: z
    .strictObject({
      /** Taken, so that files of other exporters fit; HTTP/1.1 is served either way. */
      http2: z.boolean().optional(),
      headers: z
        .strictObject({
          'Content-Security-Policy': headerValue.optional(),
          'X-Frame-Options': z.enum(['', 'deny', 'sameorigin']).optional(),
          'X-Content-Type-Options': z.enum(['', 'nosniff']).optional(),
          'X-XSS-Protection': headerValue.optional(),
          'Strict-Transport-Security': headerValue.optional(),
        })
        .nullish(),
    })
    .nullish(),
  basic_auth_users: z.record(z.string(), bcryptHash).nullish(),
  rate_limit: z.strictObject({ interval, burst: z.int().min(1).default(1) }).nullish(),
});

export type WebConfigText = z.output<typeof webConfigShape>;

function isHeaderValue(value: string): boolean {
  try {
    validateHeaderValue('header', value);
    return true;
  } catch {
    return false;
  }
}
