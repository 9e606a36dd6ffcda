// `tls_server_config` of the web configuration file: its keys, their types, and what must fit together.
// Source: prometheus/exporter-toolkit, docs/web-configuration.md and web/tls_config.go.
import { z } from 'zod';
import { asksOf } from './clientCertificate.js';
import { cipherNames, curveNames, versionNames } from './goNames.js';

const keysOf = <T extends string>(table: Readonly<Record<T, unknown>>) => Object.keys(table) as [T, ...T[]];

const keys = z.strictObject({
  cert: z.string().optional(),
  cert_file: z.string().optional(),
  key: z.string().optional(),
  key_file: z.string().optional(),
  client_ca: z.string().optional(),
  client_ca_file: z.string().optional(),
  client_auth_type: z
    // The last is an older name of RequireAnyClientCert, which exporters still take.
    .enum([...keysOf(asksOf), 'RequireClientCert'])
    .default('NoClientCert')
    .transform((type) => (type === 'RequireClientCert' ? 'RequireAnyClientCert' : type)),
  client_allowed_sans: z.array(z.string().min(1)).default([]),
  min_version: z.enum(keysOf(versionNames)).default('TLS12'),
  // OpenSSL signs no handshake of an older one at its usual security level.
  max_version: z.enum(['TLS12', 'TLS13']).default('TLS13'),
  cipher_suites: z.array(z.enum(keysOf(cipherNames))).default([]),
  prefer_server_cipher_suites: z.boolean().default(true),
  curve_preferences: z.array(z.enum(keysOf(curveNames))).default([]),
});

export type TlsText = z.output<typeof keys>;
export const tlsShape = keys.superRefine(judge);

/** What must fit together, and not only each by itself. */
function judge(tls: TlsText, context: z.RefinementCtx<TlsText>): void {
  const refuse = (message: string, ...path: (keyof TlsText)[]) =>
    context.addIssue({ code: 'custom', path, message });
  for (const name of ['cert', 'key', 'client_ca'] as const) {
    if (tls[name] && tls[`${name}_file`]) refuse(`${name}_file is given too`, name);
    if (name !== 'client_ca' && !tls[name] && !tls[`${name}_file`]) refuse(`${name}_file is missing`);
  }
  const { isRequired, isVerified } = asksOf[tls.client_auth_type];
  const clientCa = tls.client_ca ? 'client_ca' : 'client_ca_file';
  // Without a CA of one's own, any certificate that any public CA ever gave would do.
  if (isVerified && !tls[clientCa]) refuse('it needs client_ca_file', 'client_auth_type');
  if (tls.client_auth_type === 'NoClientCert' && tls[clientCa])
    refuse('client_auth_type asks for no certificate', clientCa);
  if (tls.client_allowed_sans.length > 0 && !isRequired)
    refuse('it needs a client_auth_type that requires a certificate', 'client_allowed_sans');
  const versions = Object.keys(versionNames);
  if (versions.indexOf(tls.min_version) > versions.indexOf(tls.max_version))
    refuse('it is above max_version', 'min_version');
}
