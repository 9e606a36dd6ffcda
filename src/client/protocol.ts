// What a client and the service agree on over the control socket and HTTP: paths, parameters, how errors travel.
import { type ErrorCode, type Failure, VifscopeError } from '../errors.js';
import type { Snapshot } from '../measure/snapshot.js';

/** Where the service listens unless its configuration says otherwise. */
export const usualSocketPath = '/run/vifscope/control.sock';
export const snapshotPath = '/api/v1/snapshot';
/** Ends the interval of the snapshot with this `id` early. */
export const snapshotEndPath = '/api/v1/snapshot/end';

/** The HTTP status with which each kind of failure is answered. */
export const statusOfError: Readonly<Record<ErrorCode, number>> = {
  USAGE: 400,
  FAILED: 500,
  BUSY: 503,
  UNSUPPORTED_HOST: 500,
  LIBRARY_MISSING: 500,
};

const members = ['code', 'operation', 'object', 'reason', 'remedy'] as const;

/** A failure as JSON: `{"error": {"code", "operation", "object", "reason", "remedy"}}`. */
export function errorJson({ failure }: VifscopeError): string {
  return `${JSON.stringify({ error: failure }, ['error', ...members])}\n`;
}

/** Reads such JSON back. @returns null when it is none, or of a code that this version does not know */
export function errorOfJson(json: unknown): VifscopeError | null {
  const error = isObject(json) ? json.error : undefined;
  return isFailure(error) ? new VifscopeError(error) : null;
}

/** Enough to tell a snapshot of this version from anything else; its figures are the service's to get right. */
export const isSnapshot = (json: unknown): json is Snapshot =>
  isObject(json) &&
  json.version === 1 &&
  typeof json.startedAt === 'string' &&
  typeof json.durationSeconds === 'number' &&
  isObject(json.host) &&
  isObject(json.turnedAway) &&
  snapshotLists.every((name) => Array.isArray(json[name]));

const snapshotLists = ['hooks', 'segments', 'legs', 'drops', 'accounting'] as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isFailure = (value: unknown): value is Failure =>
  isObject(value) &&
  members.every((name) => typeof value[name] === 'string') &&
  Object.hasOwn(statusOfError, String(value.code));
