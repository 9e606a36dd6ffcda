// TLS on a real endpoint: who gets in with which certificate, and what changes while it runs.
import { renameSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { connect } from 'node:tls';
import type { ExecutionContext } from 'ava';
import { listenHttp } from '../../../../daemon/http/listen.js';
import { type Authority, certificates, tlsTest } from '../support/certificates.js';
import { ask, closed, hold } from '../support/client.js';
import { plainRoutes, serve, usual } from '../support/endpoint.js';

const tlsText = (...more: readonly string[]) =>
  ['tls_server_config:', '  cert_file: server.crt', '  key_file: server.key', ...more.map((l) => `  ${l}`)]
    .join('\n')
    .concat('\n');

const serveTls = (t: ExecutionContext, authority: Authority, ...more: readonly string[]) =>
  serve(t, plainRoutes, { configFile: authority.write('web.yml', tlsText(...more)), lookEveryMs: 1 });

const status = async (port: number, authority: Authority, options: RequestOptions = {}) =>
  (await ask(port, '/metrics', { ca: authority.read('ca.crt'), ...options })).status;

tlsTest('an endpoint with TLS serves TLS alone, and needs no permission to be reached', async (t) => {
  const authority = certificates(t);
  const { port } = await serveTls(t, authority);
  t.is(await status(port, authority), 200);
  await t.throwsAsync(ask(port, '/metrics'), undefined, 'plain HTTP');
  const configFile = authority.write('web.yml', tlsText());
  const everywhere = await serve(t, plainRoutes, { configFile, listen: ['0.0.0.0:0'] });
  t.is(await status(everywhere.port, authority), 200);
});

tlsTest('a client certificate is required, verified, and of an allowed name', async (t) => {
  const authority = certificates(t);
  const known = authority.issue('client', { commonName: 'a', sans: 'DNS:scraper,URI:spiffe://a/b' });
  const other = authority.issue('other', { commonName: 'scraper', sans: 'DNS:*.scraper' });
  const stranger = certificates(t).issue('client', { commonName: 'a', sans: 'DNS:scraper' });
  const required = ['client_auth_type: RequireAndVerifyClientCert', 'client_ca_file: ca.crt'];
  const { port, endpoint } = await serveTls(t, authority, ...required, 'client_allowed_sans: [scraper]');
  t.is(await status(port, authority, known), 200);
  for (const options of [{}, other, stranger]) await t.throwsAsync(status(port, authority, options));
  t.is(endpoint.counts.refused, 3);
});

tlsTest('the five types of client authentication', async (t) => {
  const authority = certificates(t);
  const known = authority.issue('client', { commonName: 'a' });
  const stranger = certificates(t).issue('client', { commonName: 'a' });
  const allowed = { none: {}, known, stranger };
  const ca = 'client_ca_file: ca.crt';
  const table = {
    NoClientCert: { more: [], in: ['none', 'known', 'stranger'] },
    RequestClientCert: { more: [ca], in: ['none', 'known', 'stranger'] },
    RequireAnyClientCert: { more: [], in: ['known', 'stranger'] },
    VerifyClientCertIfGiven: { more: [ca], in: ['none', 'known'] },
    RequireAndVerifyClientCert: { more: [ca], in: ['known'] },
  };
  for (const [type, row] of Object.entries(table)) {
    const { port } = await serveTls(t, authority, `client_auth_type: ${type}`, ...row.more);
    for (const [name, options] of Object.entries(allowed)) {
      const outcome = await status(port, authority, options).catch(() => 'closed');
      t.is(outcome, row.in.includes(name) ? 200 : 'closed', `${type}, ${name}`);
    }
  }
});

tlsTest('versions, ciphers and curves are those of the configuration', async (t) => {
  const authority = certificates(t);
  const { port } = await serveTls(
    t,
    authority,
    'max_version: TLS12',
    'cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]',
    'curve_preferences: [CurveP384]',
  );
  const socket = connect({ port, host: '127.0.0.1', ca: authority.read('ca.crt') });
  t.teardown(() => socket.destroy());
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  t.is(socket.getProtocol(), 'TLSv1.2');
  t.is(socket.getCipher().name, 'ECDHE-ECDSA-AES256-GCM-SHA384');
  t.like(socket.getEphemeralKeyInfo(), { name: 'secp384r1' });
});

tlsTest('handshakes that are never finished don’t keep a scraper out', async (t) => {
  const authority = certificates(t);
  const configFile = authority.write('web.yml', tlsText());
  const limits = { maxConnections: 8, requestMs: 1_000 };
  const { port, endpoint } = await serve(t, plainRoutes, { configFile, limits });
  const slow = await Promise.all(Array.from({ length: 20 }, () => hold(t, port, '\x16\x03\x01')));
  t.is(await status(port, authority), 200);
  await Promise.all(slow.map(closed));
  const { turnedAway, cutOff } = endpoint.counts;
  t.is(turnedAway + cutOff, 20);
  t.true(turnedAway > 0);
});

tlsTest('a client that does not read under TLS is cut off', async (t) => {
  const authority = certificates(t);
  const configFile = authority.write('web.yml', tlsText());
  const body = Buffer.alloc(32 * 1024 * 1024, 'x');
  const routes = { '/large': () => ({ status: 200, contentType: 'text/plain', body }) };
  const { port, endpoint } = await serve(t, routes, { configFile, limits: { unreadMs: 1_000 } });
  const ca = authority.read('ca.crt');
  const socket = connect({ port, host: '127.0.0.1', ca });
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  socket.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
  while (endpoint.counts.cutOff === 0) await ask(port, '/', { ca });
  t.is((await ask(port, '/large', { ca })).body.length, body.length);
});

tlsTest('a new certificate is served to new connections; one that does not fit is not', async (t) => {
  const authority = certificates(t);
  const { port, log } = await serveTls(t, authority);
  const servedName = async () => {
    const socket = connect({ port, host: '127.0.0.1', ca: authority.read('ca.crt') });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.CN;
  };
  t.is(await servedName(), 'server');
  authority.issue('next', { commonName: 'renewed', sans: 'DNS:localhost,IP:127.0.0.1' });
  const swap = (file: string) =>
    renameSync(`${authority.directory}/next.${file}`, `${authority.directory}/server.${file}`);
  swap('crt');
  t.is(await servedName(), 'server', 'a certificate without its key');
  t.is(await servedName(), 'server');
  swap('key');
  t.is(await servedName(), 'renewed');
  t.is(log.length, 2, log.join('\n'));
  t.regex(log[0] ?? '', /^error: .*server\.crt: it is not the certificate of the key in .*server\.key/);
  t.regex(log[1] ?? '', /^info: .*web\.yml: read again$/);
});

tlsTest('client authentication and TLS itself change while it runs', async (t) => {
  const authority = certificates(t);
  const known = authority.issue('client', { commonName: 'a' });
  const { port } = await serveTls(t, authority);
  t.is(await status(port, authority), 200);
  authority.write(
    'web.yml',
    tlsText('client_auth_type: RequireAndVerifyClientCert', 'client_ca_file: ca.crt'),
  );
  await t.throwsAsync(status(port, authority));
  t.is(await status(port, authority, known), 200);
  authority.write('web.yml', '');
  t.is((await ask(port, '/metrics')).status, 200);
});

tlsTest('a certificate that can’t be used keeps the endpoint from starting', async (t) => {
  const authority = certificates(t);
  authority.issue('old', { commonName: 'old', days: -1 });
  authority.write('empty.pem', '');
  const start = (cert: string, key: string) =>
    listenHttp(
      {
        ...usual,
        configFile: authority.write('web.yml', `tls_server_config: {cert_file: ${cert}, key_file: ${key}}`),
      },
      plainRoutes,
      () => {},
    );
  const cases: readonly [string, string, RegExp][] = [
    ['gone.crt', 'server.key', /^cannot use for TLS .*\/gone\.crt: ENOENT.*; let the user/],
    ['server.crt', 'gone.key', /\/gone\.key: ENOENT/],
    ['old.crt', 'old.key', /\/old\.crt: it expired on 20\d\d-.*; renew it/],
    ['server.crt', 'ca.key', /\/server\.crt: it is not the certificate of the key in .*\/ca\.key/],
    ['empty.pem', 'server.key', /\/empty\.pem: it holds no certificate/],
    ['server.crt', 'empty.pem', /\/empty\.pem: it holds no unencrypted private key/],
    ['server.crt', 'server.crt', /\/server\.crt: it holds no unencrypted private key/],
  ];
  for (const [cert, key, message] of cases)
    await t.throwsAsync(start(cert, key), { code: 'FAILED', message }, `${cert}, ${key}`);
});
