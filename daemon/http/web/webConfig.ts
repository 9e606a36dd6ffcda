// The web configuration file, read whole: TLS, headers, users, rate limit.
import { reasonOf, VifscopeError } from '../../../src/errors.js';
import { parseYaml } from '../../yaml/yamlShape.js';
import { Sources } from './sources.js';
import { type TlsSettings, tlsSettings } from './tlsSettings.js';
import { type WebConfigText, webConfigShape } from './webConfigShape.js';

export interface WebConfig {
  readonly tls: TlsSettings | null;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Name → bcrypt hash; empty where no password is asked for. */
  readonly users: ReadonlyMap<string, string>;
  /** Null: as many requests as one likes. */
  readonly rate: Rate | null;
  /** All files that it was read from. */
  readonly sources: Sources;
}

/** One request an interval, and a burst of so many after a quiet time. */
export interface Rate {
  readonly intervalMs: number;
  readonly burst: number;
}

/** Where there is no web configuration file. */
export const openWebConfig: WebConfig = {
  tls: null,
  headers: {},
  users: new Map(),
  rate: null,
  sources: new Sources(),
};

/** @throws VifscopeError USAGE with file, line and key, or FAILED where a file can't be read or used */
export function readWebConfig(path: string, now = new Date()): WebConfig {
  const remedy = 'see docs/http.md for what can stand there';
  const sources = new Sources();
  const text = parseYaml({ path, text: readText(path, sources), remedy }, webConfigShape);
  const { tls_server_config: tls, rate_limit: rate } = text;
  return {
    tls: tls ? tlsSettings(tls, { path, sources, now }) : null,
    headers: headersOf(text),
    users: new Map(Object.entries(text.basic_auth_users ?? {})),
    rate: rate && rate.interval > 0 ? { intervalMs: rate.interval, burst: rate.burst } : null,
    sources,
  };
}

/** An empty value is none. */
const headersOf = ({ http_server_config }: WebConfigText): Record<string, string> =>
  Object.fromEntries(
    Object.entries(http_server_config?.headers ?? {}).flatMap(([name, value]) =>
      value ? [[name, value]] : [],
    ),
  );

function readText(path: string, sources: Sources): string {
  try {
    return sources.read(path);
  } catch (error) {
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'read the web configuration',
      object: path,
      reason: reasonOf(error),
      remedy: 'let the user that the service runs as read it, or correct web.config_file',
      cause: error,
    });
  }
}
