// The endpoint over TCP: addresses are bound, unless they would show everyone what is measured.
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { reasonOf, VifscopeError } from '../../src/errors.js';
import type { Journal } from '../journal.js';
import { hostPort, isLoopback, type ListenAddress, resolveListenAddress } from './address.js';
import type { Routes } from './answer.js';
import { defaultLimits, type Limits } from './connections.js';
import { type EndpointCounts, Front } from './front.js';
import { ownHost } from './hostHeader.js';
import { openWebConfig, type WebConfig } from './web/webConfig.js';
import { WebConfigFile } from './web/webConfigFile.js';
import { WebPolicy } from './web/webPolicy.js';

export interface HttpOptions {
  /** "host:port" each, with IPv6 addresses in brackets. */
  readonly listen: readonly string[];
  /** The exporters' web configuration file, or null for none. */
  readonly configFile: string | null;
  /** Other hosts may be served without TLS and without a password. */
  readonly allowUnprotected: boolean;
  /** More names by which clients may call this host. */
  readonly allowedHosts: readonly string[];
  readonly limits?: Partial<Limits>;
  /** How often at most the web configuration file is looked at. */
  readonly lookEveryMs?: number;
}

export interface Endpoint {
  /** What is really listened on: "host:port", or the path of a unix socket. */
  readonly addresses: readonly string[];
  readonly counts: EndpointCounts;
  /** How many connections there may be from now on. */
  limitConnections(most: number): void;
  /** Stops accepting, lets requests under way end within the grace, cuts the rest. */
  close(): Promise<void>;
}

/**
 * Serves the routes on every address.
 * @throws VifscopeError USAGE for an address that others can reach without protection or that can't be read and for
 *   a web configuration that is wrong; FAILED for a port that is taken and a certificate that can't be used
 */
export async function listenHttp(options: HttpOptions, routes: Routes, log: Journal): Promise<Endpoint> {
  const listen = await Promise.all(options.listen.map(resolveListenAddress));
  const judge = (config: WebConfig) => requireProtection(listen, config, options.allowUnprotected);
  const policy = new WebPolicy(
    configSource(options, judge, log),
    ownHost({ listen, hostname: hostname(), allowedHosts: options.allowedHosts }),
  );
  const front = new Front(routes, policy, { ...defaultLimits, ...options.limits }, log);
  const servers: Server[] = [];
  const close = async () => {
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    await front.close();
    await Promise.all(closed);
  };
  try {
    for (const address of listen) servers.push(await bind(address, front, log));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    addresses: servers.map(boundAddress),
    get counts() {
      return front.counts;
    },
    limitConnections: (most) => front.limitConnections(most),
    close,
  };
}

function configSource(options: HttpOptions, judge: (config: WebConfig) => void, log: Journal) {
  if (options.configFile !== null) {
    const { lookEveryMs } = options;
    const file = new WebConfigFile(options.configFile, { log, judge, ...(lookEveryMs && { lookEveryMs }) });
    return () => file.current;
  }
  judge(openWebConfig);
  return () => openWebConfig;
}

function requireProtection(listen: readonly ListenAddress[], { tls, users }: WebConfig, isAllowed: boolean) {
  const open = listen.find(({ address }) => !isLoopback(address));
  if (open === undefined || isAllowed || tls !== null || users.size > 0) return;
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'listen on',
    object: open.text,
    reason: 'other hosts can reach it, and there is neither TLS nor a password',
    remedy: 'set web.config_file, listen on 127.0.0.1, or set web.allow_unprotected: true',
  });
}

async function bind(address: ListenAddress, front: Front, log: Journal): Promise<Server> {
  // A client that has gone without a word is found out by keep-alive probes, however long its answer takes.
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  });
  server.on('connection', (socket) => front.accept(socket));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address.address, port: address.port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw cannotListen(address, error);
  }
  server.on('error', (error) => log('error', `${address.text}: a connection was lost: ${reasonOf(error)}`));
  return server;
}

function boundAddress(server: Server): string {
  const address = server.address();
  return address === null || typeof address === 'string' ? '' : hostPort(address.address, address.port);
}

const remedies: Readonly<Record<string, (address: ListenAddress) => string>> = {
  EADDRINUSE: ({ port }) => `see who has the port (ss -ltnp 'sport = :${port}'), or change web.listen`,
  EACCES: () => 'choose a port above 1023 under web.listen',
  EADDRNOTAVAIL: () => 'name an address of this host under web.listen (ip -br address)',
};

function cannotListen(address: ListenAddress, error: unknown): VifscopeError {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return new VifscopeError({
    code: 'FAILED',
    operation: 'listen on',
    object: address.text,
    reason: reasonOf(error),
    remedy: remedies[code]?.(address) ?? 'change web.listen',
    cause: error,
  });
}
