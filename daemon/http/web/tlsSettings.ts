// From `tls_server_config` to what Node's TLS takes, with certificate and key read and judged.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { reasonOf, VifscopeError } from '../../../src/errors.js';
import type { ClientRules } from './clientCertificate.js';
import { cipherNames, curveNames, tls13Ciphers, versionNames } from './goNames.js';
import type { Sources } from './sources.js';
import type { TlsText } from './tlsShape.js';

export interface TlsSettings {
  readonly context: SecureContextOptions;
  readonly clients: ClientRules;
  /** What the certificate is read from, and until when it is valid. */
  readonly certificate: { readonly source: string; readonly validTo: Date };
}

/** A PEM text and where it comes from: a file, or a key of the web configuration file. */
interface Pem {
  readonly text: string;
  readonly source: string;
}

/** Where the settings stand, and when. */
export interface TlsPlace {
  /** Of the web configuration file, beside which relative paths are looked up. */
  readonly path: string;
  readonly sources: Sources;
  readonly now: Date;
}

/**
 * @param tls of a sound shape, see tlsShape.ts
 * @throws VifscopeError FAILED when a file can't be read or used, USAGE when OpenSSL refuses the settings
 */
export function tlsSettings(tls: TlsText, { path, sources, now }: TlsPlace): TlsSettings {
  const readPem = (text: string | undefined, file: string | undefined, key: string): Pem =>
    text ? { text, source: `${path} (${key})` } : readPemFile(resolve(path, '..', file ?? ''), sources);
  const cert = readPem(tls.cert, tls.cert_file, 'cert');
  const key = readPem(tls.key, tls.key_file, 'key');
  const clientCa =
    tls.client_ca || tls.client_ca_file ? readPem(tls.client_ca, tls.client_ca_file, 'client_ca') : null;
  const validTo = judgeCertificate(cert, key, now);
  if (clientCa) parseCertificate(clientCa);
  const context: SecureContextOptions = {
    cert: cert.text,
    key: key.text,
    ...(clientCa && { ca: clientCa.text }),
    minVersion: versionNames[tls.min_version],
    maxVersion: versionNames[tls.max_version],
    honorCipherOrder: tls.prefer_server_cipher_suites,
    ...(tls.cipher_suites.length > 0 && { ciphers: ciphersOf(tls.cipher_suites) }),
    ...(tls.curve_preferences.length > 0 && {
      ecdhCurve: tls.curve_preferences.map((name) => curveNames[name]).join(':'),
    }),
  };
  try {
    createSecureContext(context);
  } catch (error) {
    throw refused(path, error);
  }
  const clients = { type: tls.client_auth_type, allowedSans: tls.client_allowed_sans };
  return { context, clients, certificate: { source: cert.source, validTo } };
}

/** @returns until when it is valid @throws VifscopeError FAILED unless it fits the key and is valid now */
function judgeCertificate(cert: Pem, key: Pem, now: Date): Date {
  const certificate = parseCertificate(cert);
  const privateKey = parsePem<KeyObject>(key, 'unencrypted private key', createPrivateKey);
  if (!certificate.checkPrivateKey(privateKey))
    throw unusable(cert.source, `it is not the certificate of the key in ${key.source}`, bothOfOne);
  const [validFrom, validTo] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (now > validTo) throw unusable(cert.source, `it expired on ${validTo.toISOString()}`, renew);
  if (now < validFrom)
    throw unusable(cert.source, `it is not valid before ${validFrom.toISOString()}`, renew);
  return validTo;
}

const bothOfOne = 'give a certificate and the key it was made for';
const renew = 'renew it, or set the clock right';

const parseCertificate = (pem: Pem): X509Certificate =>
  parsePem(pem, 'certificate', (text) => new X509Certificate(text));

function parsePem<T>({ text, source }: Pem, what: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw unusable(source, `it holds no ${what} (${reasonOf(error)})`, 'give one in PEM', error);
  }
}

function readPemFile(source: string, sources: Sources): Pem {
  try {
    return { text: sources.read(source), source };
  } catch (error) {
    const remedy = 'let the user that the service runs as read it, or correct its path';
    throw unusable(source, reasonOf(error), remedy, error);
  }
}

/** TLS 1.3's are always offered, as in Go: the setting is about the versions before. */
const ciphersOf = (names: TlsText['cipher_suites']): string =>
  [...new Set([...tls13Ciphers, ...names.map((name) => cipherNames[name])])].join(':');

const refused = (object: string, error: unknown): VifscopeError =>
  new VifscopeError({
    code: 'USAGE',
    operation: 'use for TLS',
    object,
    reason: `OpenSSL refuses tls_server_config (${reasonOf(error)})`,
    remedy: 'see docs/http.md',
    cause: error,
  });

const unusable = (object: string, reason: string, remedy: string, cause?: unknown): VifscopeError =>
  new VifscopeError({ code: 'FAILED', operation: 'use for TLS', object, reason, remedy, cause });
