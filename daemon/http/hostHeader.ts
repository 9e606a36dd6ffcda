// Which Host headers are answered. A page in a browser can make any name of its own point here (DNS rebinding)
// and read what is served; its requests still carry that name.
import { isIP } from 'node:net';
import { isIn, isLoopback, isWildcard, type ListenAddress, listOf } from './address.js';

export interface OwnNames {
  readonly listen: readonly Pick<ListenAddress, 'host' | 'address'>[];
  readonly hostname: string;
  /** More names by which clients may call this host. */
  readonly allowedHosts: readonly string[];
}

/** @returns a check of the header's value; the port in it does not matter */
export function ownHost({
  listen,
  hostname,
  allowedHosts,
}: OwnNames): (header: string | undefined) => boolean {
  const shortName = hostname.split('.')[0] ?? hostname;
  const names = new Set(
    ['localhost', hostname, shortName, ...listen.map(({ host }) => host), ...allowedHosts].map(plain),
  );
  const addresses = listOf(listen.map(({ address }) => address));
  const isEverywhere = listen.some(({ address }) => isWildcard(address));
  return (header) => {
    const host = hostOf(header ?? '');
    if (host === null) return false;
    if (names.has(host)) return true;
    return isIP(host) !== 0 && (isEverywhere || isLoopback(host) || isIn(addresses, host));
  };
}

function hostOf(header: string): string | null {
  const [, bracketed, bare] = /^(?:\[([\da-f:.]+)\]|([^:[\]\s]+))(?::\d{0,5})?$/i.exec(header) ?? [];
  const host = bracketed ?? bare;
  return host === undefined ? null : plain(host);
}

/** Names are the same in any case and with the root's dot. */
const plain = (host: string): string => host.toLowerCase().replace(/\.$/, '');
