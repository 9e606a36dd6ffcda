// Addresses to listen on: "127.0.0.1:9956", "[::1]:9956" or "name:9956", and which of them other hosts can reach.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { reasonOf, VifscopeError } from '../../src/errors.js';

export interface ListenAddress {
  /** As the user wrote it. */
  readonly text: string;
  /** The host part as it was written: a name, or an address without brackets. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/**
 * Reads an address and resolves its host; of a name's several addresses the first IPv4 one is taken, as Go does.
 * @throws VifscopeError USAGE when it can't be read, FAILED when the name can't be resolved
 */
export async function resolveListenAddress(text: string): Promise<ListenAddress> {
  const { host, port } = parseHostPort(text);
  if (isIP(host)) return { text, host, address: host, port };
  try {
    const { address } = await lookup(host, { verbatim: false });
    return { text, host, address, port };
  } catch (error) {
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'listen on',
      object: text,
      reason: `the name can't be resolved (${reasonOf(error)})`,
      remedy: 'name an address of this host under web.listen',
      cause: error,
    });
  }
}

/** @param address an IP address; with a zone or without */
export const isLoopback = (address: string): boolean => isIn(loopback, address);
export const isWildcard = (address: string): boolean => isIn(wildcards, address);

/** Whether the list has the address, however it is written: 0:0::1 is ::1, ::ffff:127.0.0.1 is 127.0.0.1. */
export function isIn(list: BlockList, address: string): boolean {
  const bare = withoutZone(address);
  return list.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4');
}

export function listOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const address of addresses.map(withoutZone))
    list.addAddress(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  return list;
}

/** "host:port", with brackets where the host is an IPv6 address. */
export const hostPort = (host: string, port: number): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;

const loopback = listOf(['::1']);
loopback.addSubnet('127.0.0.0', 8);
const wildcards = listOf(['0.0.0.0', '::']);

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

function parseHostPort(text: string): { host: string; port: number } {
  const [, bracketed, bare, digits] = /^(?:\[(.+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? bare;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535 && (bracketed === undefined || isIPv6(bracketed)))
    return { host, port };
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'listen on',
    object: `"${text}"`,
    reason: 'an address is a host and a port',
    remedy: 'write it like 127.0.0.1:9956, [::1]:9956 or 0.0.0.0:9956',
  });
}
