// The kinds of values a configuration has: what each takes, what becomes of it, and one that is right.
import { z } from 'zod';
import { durationSeconds } from '../../src/measure/duration.js';
import { hdr } from '../../src/measure/hdr.js';
import { scaledNumber } from '../../src/measure/optionText.js';
import { globFault } from './glob.js';

export interface Kind<T> {
  /** From the value in the file to the one the service works with. */
  readonly shape: z.ZodType<T>;
  /** As written in the file. */
  readonly example: string;
}

const mostBounds = 100;
const highestSeconds = hdr.highestNs / 1e9;
/** sun_path of struct sockaddr_un holds 108 bytes, the last of them a zero. */
const mostSocketPathBytes = 107;
const mostQuoted = 40;

const bytesOf: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
]);

export const yesOrNo: Kind<boolean> = { shape: z.boolean('not true or false'), example: 'true' };

export const globs: Kind<readonly string[]> = {
  shape: z.array(
    z.string('not a glob').superRefine((glob, context) => {
      const fault = globFault(glob);
      if (fault !== null) context.addIssue(`${quoted(glob)} is not a glob: ${fault}`);
    }),
    'not a list of globs',
  ),
  example: '["veth*", "blue/*"]',
};

export const addresses: Kind<readonly string[]> = {
  shape: z.array(
    z.string('not an address').refine(hasHostAndPort, {
      error: ({ input }) => `${quoted(input)} is not a host and a port`,
    }),
    'not a list of addresses',
  ),
  example: '["127.0.0.1:9956", "[::1]:9956"]',
};

export const hostNames: Kind<readonly string[]> = {
  shape: z.array(z.string('not a host name').regex(/^[^\s/]+$/, 'not a host name'), 'not a list of names'),
  example: '["bench.example.org"]',
};

export const user: Kind<string> = {
  // YAML takes a user's number for a number.
  shape: z
    .union([z.string(), z.int().nonnegative()], 'not a user')
    .transform(String)
    .pipe(z.string().regex(/^[^\s:]+$/, 'not a user')),
  example: 'nobody',
};

/** The service changes into no directory, but it may be started in any. */
export const absolutePath = (example: string): Kind<string> => ({
  shape: z.string('not a path').regex(/^\/[^\0]*$/, 'not a path from the root'),
  example,
});

export const socketPath: Kind<string> = {
  shape: absolutePath('').shape.refine(
    (path) => Buffer.byteLength(path) <= mostSocketPathBytes,
    `longer than the ${mostSocketPathBytes} bytes a socket's path can have`,
  ),
  example: '/run/vifscope/control.sock',
};

/** Seconds, as Prometheus has them. Which bucket edges they become is not decided here. */
export const bounds: Kind<readonly number[]> = {
  shape: z
    .array(
      z
        .number('not a number of seconds')
        .positive('not above 0')
        .max(highestSeconds, `above the ${highestSeconds} s that a histogram reaches to`),
      'not a list of seconds',
    )
    .min(1, 'empty')
    .max(mostBounds, `more than ${mostBounds}`)
    .refine(isRising, 'not rising'),
  example: '[0.000001, 0.0001, 0.01]',
};

export const wholeNumber = (least: number, most: number): Kind<number> => {
  const mistake = `not a whole number from ${least} to ${most}`;
  return { shape: z.int(mistake).min(least, mistake).max(most, mistake), example: String(least) };
};

/** In milliseconds. */
export const duration = (least: string, most: string): Kind<number> =>
  measured('duration', (text) => (durationSeconds(text) ?? Number.NaN) * 1e3, least, most);

/** In bytes. */
export const byteSize = (least: string, most: string): Kind<number> =>
  measured('size', (text) => scaledNumber(text, bytesOf) ?? Number.NaN, least, most);

export const orNull = <T>({ shape, example }: Kind<T>): Kind<T | null> => ({
  shape: shape.nullable(),
  example,
});

/** A number with a unit; one without is in seconds or bytes. */
function measured(
  what: string,
  amountOf: (text: string) => number,
  least: string,
  most: string,
): Kind<number> {
  const mistake = `not a ${what} from ${least} to ${most}`;
  const shape = z
    .union([z.string(), z.number()], mistake)
    .transform((text) => Math.round(amountOf(String(text))))
    .refine((amount) => amount >= amountOf(least) && amount <= amountOf(most), mistake);
  return { shape, example: least };
}

/** On one line, whatever is in it. */
const quoted = (text: unknown): string => JSON.stringify(String(text).slice(0, mostQuoted));

function hasHostAndPort(text: string): boolean {
  const [, port] = /^(?:\[[\dA-Fa-f:.]+(?:%[^\]\s]+)?\]|[^:[\]\s]+):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && Number(port) <= 65_535;
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}
