import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { namesIn } from '../../../../daemon/http/web/clientCertificate.js';
import { readWebConfig } from '../../../../daemon/http/web/webConfig.js';
import { WebConfigFile } from '../../../../daemon/http/web/webConfigFile.js';
import { certificates, temporaryDirectory, tlsTest } from '../support/certificates.js';

const hash = '$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG';

function written(t: ExecutionContext, text: string): string {
  const path = join(temporaryDirectory(t), 'web.yml');
  writeFileSync(path, text);
  return path;
}

test('an empty file, and one of empty sections, asks for nothing', (t) => {
  const sections = 'tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n';
  for (const text of ['', '# nothing\n', sections]) {
    const { tls, headers, users, rate } = readWebConfig(written(t, text));
    t.deepEqual({ tls, headers, users: users.size, rate }, { tls: null, headers: {}, users: 0, rate: null });
  }
});

test('headers, users and the rate are read', (t) => {
  const { headers, users, rate } = readWebConfig(
    written(
      t,
      `http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    Content-Security-Policy: ''
basic_auth_users:
  alice: ${hash}
rate_limit:
  interval: 100ms
  burst: 20
`,
    ),
  );
  t.deepEqual(headers, { 'X-Frame-Options': 'deny' });
  t.deepEqual([...users], [['alice', hash]]);
  t.deepEqual(rate, { intervalMs: 100, burst: 20 });
  t.is(readWebConfig(written(t, 'rate_limit: {interval: 0, burst: 3}')).rate, null);
});

test('what is wrong is told with line and key, and without the value', (t) => {
  const cases: readonly [string, RegExp][] = [
    ['basic_auth_user:\n  a: b', /web\.yml:1: basic_auth_user: there is no such key/],
    [
      'tls_server_config:\n  cert: a\n  keyfile: b\n  key: c',
      /web\.yml:3: tls_server_config\.keyfile: there is no/,
    ],
    ['basic_auth_users:\n  a: secret', /web\.yml:2: basic_auth_users\.a: not a bcrypt hash/],
    ['basic_auth_users: [secret]', /web\.yml:1: basic_auth_users: Invalid input: expected record/],
    ['\n\nhttp_server_config:\n  http2: secret', /web\.yml:4: http_server_config\.http2: .*expected boolean/],
    ['http_server_config: {headers: {X-Frame-Options: secret}}', /headers\.X-Frame-Options: Invalid option/],
    [
      'http_server_config:\n  headers:\n    Strict-Transport-Security: "secret\\n"',
      /yml:3: .* header can have/,
    ],
    ['rate_limit:\n  interval: secret', /web\.yml:2: rate_limit\.interval: not a duration like 1s/],
    ['rate_limit: {burst: 3}', /web\.yml:1: rate_limit\.interval: missing: a duration like 1s/],
    ['rate_limit: {interval: 1}', /rate_limit\.interval: not a duration like 1s/],
    ['rate_limit: {interval: 1s, burst: 0}', /rate_limit\.burst: .*>=1/],
    [
      'tls_server_config:\n  cipher_suites:\n  - secret',
      /web\.yml:3: tls_server_config\.cipher_suites\.0: Inv/,
    ],
    ['tls_server_config: {min_version: secret}', /min_version: Invalid option: .*"TLS12"/],
    ['basic_auth_users:\n  a: secret\n  a: secret', /web\.yml:3: basic_auth_users\.a: here twice/],
    ['a: &a [secret]\nb: "secret', /web\.yml:\d: not YAML/],
    ['a: &a secret\nb: *a', /web\.yml:2: an alias, which is not taken here/],
    ['- secret', /web\.yml:1: Invalid input: expected object/],
    ['a: 1\n---\nb: 2', /web\.yml:2: a second document starts here/],
  ];
  for (const [text, message] of cases) {
    const error = t.throws(() => readWebConfig(written(t, text)), { code: 'USAGE', message }, text);
    t.notRegex(error.message, /secret|\n/);
  }
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]`).join('\n')}`;
  const large = `# ${'x'.repeat(65_536)}`;
  for (const [text, message] of [
    [bomb, /alias/],
    ['['.repeat(15_000), /web\.yml:1: nested more than 64 levels deep/],
    [large, /web\.yml:1: larger than 65536 bytes/],
  ] as const)
    t.throws(() => readWebConfig(written(t, text)), { code: 'USAGE', message });
});

test('all that is wrong is told at once', (t) => {
  const text = 'basic_auth_users:\n  a: x\nrate_limits: 1\nrate_limit: 1\nusers: 1\n';
  const { message } = t.throws(() => readWebConfig(written(t, text)), { code: 'USAGE' });
  t.deepEqual(
    message.split('\n').map((line) => /(?:\d mistakes|yml:.*?: [\w.]+):?/.exec(line)?.[0]),
    [
      '4 mistakes',
      'yml:2: basic_auth_users.a:',
      'yml:3: rate_limits:',
      'yml:4: rate_limit:',
      'yml:5: users:',
    ],
  );
});

test('no way to write a user makes it one who is not asked for a password', (t) => {
  const user = `__proto__: ${hash}`;
  const cases: readonly [string, RegExp][] = [
    [`basic_auth_users:\n  ${user}`, /web\.yml:2: basic_auth_users\.__proto__: no name that can be given/],
    [
      `basic_auth_users:\n  alice: ${hash}\n  "${user.replace(':', '":')}`,
      /web\.yml:3: .*__proto__: no name/,
    ],
    [`basic_auth_users: {? !!str __proto__ : ${hash}}`, /__proto__: no name/],
    [`__proto__: {basic_auth_users: {alice: ${hash}}}`, /web\.yml:1: __proto__: no name/],
    [`%YAML 1.1\n---\n<<: {basic_auth_users: {alice: ${hash}}}`, /web\.yml:3: <<: there is no such key/],
    [`!!omap\n- basic_auth_users: {alice: ${hash}}`, /not YAML: Unresolved tag/],
    [`%YAML 1.1\n---\n!!omap\n- basic_auth_users: {alice: ${hash}}`, /not YAML: Unresolved tag/],
    ['basic_auth_users: !!set {? alice}', /not YAML: Unresolved tag/],
  ];
  for (const [text, message] of cases)
    t.throws(() => readWebConfig(written(t, text)), { code: 'USAGE', message }, text);
});

const otherNames = fc
  .oneof(fc.string(), fc.constantFrom('constructor', 'toString', '<<', '1'))
  // fast-check likes to try it, too.
  .filter((name) => name !== '__proto__');

test('any other user is one', (t) => {
  fc.assert(
    fc.property(otherNames, (name) => {
      const text = JSON.stringify({ basic_auth_users: { [name]: hash } });
      t.deepEqual([...readWebConfig(written(t, text)).users.keys()], [name]);
    }),
  );
});

test('TLS settings that don’t fit together', (t) => {
  const both = 'cert: x\n  key: y\n';
  const cases: readonly [string, RegExp][] = [
    ['key: x', /web\.yml:1: tls_server_config: cert_file is missing/],
    ['cert: x', /web\.yml:1: tls_server_config: key_file is missing/],
    [`${both}  cert_file: z`, /web\.yml:2: tls_server_config\.cert: cert_file is given too/],
    [`${both}  client_ca: z`, /web\.yml:4: .*\.client_ca: client_auth_type asks for no certificate/],
    [`${both}  client_auth_type: RequireAndVerifyClientCert`, /web\.yml:4: .* needs client_ca_file/],
    [`${both}  client_allowed_sans: [a]`, /web\.yml:4: .* needs a client_auth_type that requires/],
    [`${both}  min_version: TLS10\n  max_version: TLS11`, /web\.yml:5: .*max_version: .*"TLS12"\|"TLS13"/],
    [
      `${both}  max_version: TLS12\n  min_version: TLS13`,
      /web\.yml:5: .*min_version: it is above max_version/,
    ],
  ];
  for (const [settings, message] of cases)
    t.throws(() => readWebConfig(written(t, `tls_server_config:\n  ${settings}\n`)), {
      code: 'USAGE',
      message,
    });
});

tlsTest('certificate and key may stand in the file itself', (t) => {
  const { cert, key } = certificates(t).issue('inline', { commonName: 'inline' });
  const text = JSON.stringify({ tls_server_config: { cert, key } });
  t.regex(readWebConfig(written(t, text)).tls?.certificate.source ?? '', /web\.yml \(cert\)$/);
});

test('a file that breaks while it is in use keeps what was read before, and is logged once', (t) => {
  const log: string[] = [];
  const path = written(t, `basic_auth_users: {alice: "${hash}"}`);
  const file = new WebConfigFile(path, {
    log: (level, text) => log.push(`${level}: ${text}`),
    judge: ({ users }) => {
      if (users.size === 0) throw new Error('somebody must be left');
    },
    lookEveryMs: 0,
  });
  const before = file.current;
  t.is(file.current, before, 'the same object while nothing changes');
  const steps: readonly [() => void, RegExp][] = [
    [
      () => writeFileSync(path, 'nonsense: 1'),
      /^error: .*nonsense: there is no such key.*; what was read before is kept/,
    ],
    [() => writeFileSync(path, ''), /^error: somebody must be left; what/],
    [() => rmSync(path), /^error: .*ENOENT/],
  ];
  for (const [change, message] of steps) {
    log.length = 0;
    change();
    for (let i = 0; i < 3; i++) t.is(file.current, before);
    t.is(log.length, 1);
    t.regex(log[0] ?? '', message);
  }
  writeFileSync(path, `basic_auth_users: {bob: "${hash}"}`);
  t.deepEqual([...file.current.users.keys()], ['bob']);
});

test('the file is looked at only so often', (t) => {
  const path = written(t, '');
  const file = new WebConfigFile(path, { log: () => {}, judge: () => {}, lookEveryMs: 3_600_000 });
  writeFileSync(path, `basic_auth_users: {bob: "${hash}"}`);
  t.is(file.current.users.size, 0);
});

tlsTest('a certificate that expires in use is still served, with one warning', (t) => {
  const authority = certificates(t);
  const path = authority.write('web.yml', 'tls_server_config: {cert_file: server.crt, key_file: server.key}');
  const log: string[] = [];
  let now = new Date();
  const file = new WebConfigFile(path, {
    log: (level, text) => log.push(`${level}: ${text}`),
    judge: () => {},
    lookEveryMs: 0,
    now: () => now,
  });
  t.not(file.current.tls, null);
  t.deepEqual(log, []);
  now = new Date(Date.now() + 3 * 24 * 3_600_000);
  for (let i = 0; i < 3; i++) t.not(file.current.tls, null);
  t.is(log.length, 1);
  t.regex(log[0] ?? '', /^warning: .*server\.crt: expired on .* and is still served/);
  chmodSync(path, 0o600);
  now = new Date(0);
  t.throws(() => readWebConfig(path, now), { message: /is not valid before/ });
});

test('any name of a certificate is read back from Node’s text of it', (t) => {
  const plain = fc.stringMatching(/^[A-Za-z0-9.:/@*-]{1,20}$/);
  const entry = fc.record({
    kind: fc.constantFrom('DNS', 'URI', 'email', 'DirName', 'othername'),
    value: fc.oneof(plain, fc.constantFrom('a, DNS:evil', 'DNS:evil', 'a"b', '')),
  });
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const written = entries.map(({ kind, value }) => {
        return `${kind}:${/[", ]/.test(value) ? JSON.stringify(value) : value}`;
      });
      const names = entries.filter(({ kind }) => ['DNS', 'URI', 'email'].includes(kind));
      t.deepEqual(
        namesIn(written.join(', ')),
        names.map(({ value }) => value),
      );
    }),
  );
});
