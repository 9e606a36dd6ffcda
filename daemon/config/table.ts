// Every key of the configuration: its name in the file, its kind, its default, and whether it changes by a reload.
import { usualSocketPath } from '../../src/client/protocol.js';
import { mostEvery } from '../../src/journey/sampling.js';
import {
  absolutePath,
  addresses,
  bounds,
  byteSize,
  duration,
  globs,
  hostNames,
  type Kind,
  orNull,
  socketPath,
  user,
  wholeNumber,
  yesOrNo,
} from './kinds.js';

/** `live`: taken over by a reload (SIGHUP); `restart`: by a restart alone. */
export type Change = 'live' | 'restart';

export class Key<T = unknown> {
  constructor(
    readonly name: string,
    readonly kind: Kind<T>,
    /** As it would be written in the file. */
    readonly byDefault: unknown,
    readonly change: Change,
  ) {}
}

const live = <T>(name: string, kind: Kind<T>, byDefault: unknown) => new Key(name, kind, byDefault, 'live');
const restart = <T>(name: string, kind: Kind<T>, byDefault: unknown) =>
  new Key(name, kind, byDefault, 'restart');

/** By the names that the service uses, which tell the unit. */
export const configTable = {
  devices: {
    include: live('include', globs, []),
    exclude: live('exclude', globs, []),
  },
  web: {
    listen: restart('listen', addresses, ['127.0.0.1:9956']),
    configFile: restart('config_file', orNull(absolutePath('/etc/vifscope/web.yaml')), null),
    allowUnprotected: restart('allow_unprotected', yesOrNo, false),
    allowedHosts: restart('allowed_hosts', hostNames, []),
    maxConnections: live('max_connections', wholeNumber(1, 65_536), 64),
  },
  control: {
    socket: restart('socket', orNull(socketPath), usualSocketPath),
  },
  metrics: {
    boundsSeconds: live('bounds', orNull(bounds), null),
    maxSeries: live('max_series', wholeNumber(1, 100_000), 2_000),
    maxWindowMs: live('max_window', duration('1s', '1h'), '30s'),
  },
  journeys: {
    every: restart('every', orNull(wholeNumber(1, mostEvery)), null),
    quietMs: restart('quiet', duration('10ms', '10s'), '500ms'),
  },
  limits: {
    /** A stamp has 16 bits for its shard. */
    shards: restart('shards', orNull(wholeNumber(64, 65_536)), null),
    inFlightPackets: restart('in_flight_packets', wholeNumber(1_024, 2 ** 24), 131_072),
    snapshots: live('snapshots', wholeNumber(1, 1_000), 8),
    /** Of all that are being taken together. */
    snapshotBytes: live('snapshot_memory', byteSize('1MiB', '1TiB'), '64MiB'),
    snapshotDevices: live('snapshot_devices', wholeNumber(0, 100_000), 256),
  },
  log: {
    directory: restart('directory', orNull(absolutePath('/var/log/vifscope')), null),
    intervalMs: live('interval', duration('1s', '24h'), '10s'),
    rotateBytes: live('rotate_size', byteSize('64KiB', '1TiB'), '64MiB'),
    keep: live('keep', wholeNumber(1, 10_000), 10),
  },
  user: restart('user', user, 'nobody'),
};

type ValuesOf<Node> =
  Node extends Key<infer T> ? T : { readonly [Property in keyof Node]: ValuesOf<Node[Property]> };

/** What the service works with. Units are in the names: milliseconds, bytes, seconds. */
export type Config = ValuesOf<typeof configTable>;

/** One section of the table, or the whole. */
export interface Table {
  readonly [property: string]: Key | Table;
}

export interface NamedKey extends Key {
  /** As in the file, dotted: "metrics.max_window". */
  readonly path: string;
  /** Where its value stands in a Config. */
  readonly properties: readonly string[];
}

/** All of them, in the table's order. */
export const configKeys: readonly NamedKey[] = keysIn(configTable, [], []);

function keysIn(table: Table, names: readonly string[], properties: readonly string[]): NamedKey[] {
  return Object.entries(table).flatMap(([property, entry]) => {
    const place = [...properties, property];
    if (!(entry instanceof Key)) return keysIn(entry, [...names, property], place);
    return [{ ...entry, path: [...names, entry.name].join('.'), properties: place }];
  });
}
