// Whether a client's certificate is what the configuration asks for, by the rules of Go's crypto/tls.
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

export type ClientAuthType =
  | 'NoClientCert'
  | 'RequestClientCert'
  | 'RequireAnyClientCert'
  | 'VerifyClientCertIfGiven'
  | 'RequireAndVerifyClientCert';

export interface ClientRules {
  readonly type: ClientAuthType;
  /** Subject alternative names of which a client has one; empty where any will do. */
  readonly allowedSans: readonly string[];
}

/** What each type asks of a client. */
export const asksOf: Readonly<Record<ClientAuthType, { isRequired: boolean; isVerified: boolean }>> = {
  NoClientCert: { isRequired: false, isVerified: false },
  RequestClientCert: { isRequired: false, isVerified: false },
  RequireAnyClientCert: { isRequired: true, isVerified: false },
  VerifyClientCertIfGiven: { isRequired: false, isVerified: true },
  RequireAndVerifyClientCert: { isRequired: true, isVerified: true },
};

/** @param socket with its handshake done */
export function mayConnect({ type, allowedSans }: ClientRules, socket: TLSSocket): boolean {
  const { isRequired, isVerified } = asksOf[type];
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return !isRequired;
  if (isVerified && !socket.authorized) return false;
  return allowedSans.length === 0 || hasOneOf(certificate, allowedSans);
}

/** Exact matches only: a wildcard in the certificate is a name like any other. */
export function hasOneOf(certificate: X509Certificate, sans: readonly string[]): boolean {
  const names = namesIn(certificate.subjectAltName ?? '');
  return sans.some((san) => (isIP(san) ? certificate.checkIP(san) !== undefined : names.includes(san)));
}

/** The names in Node's text, `DNS:a, URI:b`, where a value with a separator in it is a JSON string. */
export function namesIn(subjectAltName: string): readonly string[] {
  const entries = subjectAltName.matchAll(/(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)/gy);
  return [...entries].flatMap(([, kind = '', value = '']) => {
    if (!nameKinds.includes(kind)) return [];
    return [value.startsWith('"') ? String(JSON.parse(value)) : value];
  });
}

const nameKinds = ['DNS', 'URI', 'email'];
