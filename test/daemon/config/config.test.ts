import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { changesBetween, defaultConfig, parseConfig, readConfig } from '../../../daemon/config/config.js';
import { configKeys } from '../../../daemon/config/table.js';
import { VifscopeError } from '../../../src/errors.js';
import { refusalOf } from './refused.js';

test('an empty file, one of comments, and one of empty sections are the defaults', (t) => {
  for (const text of ['', '# nothing\n', '---\n', 'web:\n  # listen: []\nlog:\n', '\ufefflog: {}\r\n'])
    t.deepEqual(parseConfig(text, 'v.yaml'), defaultConfig);
});

test('every key is read, in the units of the service', (t) => {
  const text = `
devices: { include: ["veth*", "blue/{a,b}*"], exclude: [lo] }
web:
  listen: ["[::1]:9956", "bench.example.org:80"]
  config_file: /etc/vifscope/web.yaml
  allow_unprotected: true
  allowed_hosts: [bench]
  max_connections: 1
control: { socket: null }
metrics: { bounds: [1e-6, 0.001, 68], max_series: 3, max_window: 1m }
journeys: { every: 64, quiet: 0.2s }
limits: { shards: 128, in_flight_packets: 4096, snapshots: 2, snapshot_memory: 1MiB, snapshot_devices: 0 }
log: { directory: /var/log/vifscope, interval: 1.5s, rotate_size: 0.5MiB, keep: 1 }
user: 65534
`;
  t.deepEqual(parseConfig(text, 'v.yaml'), {
    devices: { include: ['veth*', 'blue/{a,b}*'], exclude: ['lo'] },
    web: {
      listen: ['[::1]:9956', 'bench.example.org:80'],
      configFile: '/etc/vifscope/web.yaml',
      allowUnprotected: true,
      allowedHosts: ['bench'],
      maxConnections: 1,
    },
    control: { socket: null },
    metrics: { boundsSeconds: [1e-6, 0.001, 68], maxSeries: 3, maxWindowMs: 60_000 },
    journeys: { every: 64, quietMs: 200 },
    limits: {
      shards: 128,
      inFlightPackets: 4096,
      snapshots: 2,
      snapshotBytes: 1_048_576,
      snapshotDevices: 0,
    },
    log: { directory: '/var/log/vifscope', intervalMs: 1500, rotateBytes: 524_288, keep: 1 },
    user: '65534',
  });
});

for (const [text, message] of [
  ['log:\n  keeep: 3', /v\.yaml:2: log\.keeep: there is no such key; did you mean log\.keep\?$/],
  ['max_series: 3', /v\.yaml:1: max_series: there is no such key; did you mean metrics\.max_series\?$/],
  ['\nmetric: {}', /v\.yaml:2: metric: there is no such key; did you mean metrics\?$/],
  ['__proto__: {}', /v\.yaml:1: __proto__: no name that can be given here; choose another$/],
  ['log:\n  __proto__: {}', /v\.yaml:2: log\.__proto__: no name that can be given here/],
  ['log: !!omap [keep: 3]', /v\.yaml:1: not YAML: Unresolved tag/],
  ['? [a]\n: 1', /v\.yaml:1: \?: there is no such key/],
  ['log: {keep: many}', /v\.yaml:1: log\.keep: not a whole number from 1 to 10000; write it like keep: /],
  ['log: {keep: 0}', /log\.keep: not a whole number from 1/],
  ['log:\n  keep:\n\nuser: x', /v\.yaml:2: log\.keep: not a whole number/],
  ['web:\n  allow_unprotected: yes', /v\.yaml:2: web\.allow_unprotected: not true or false/],
  [
    'web: {listen: ["localhost"]}',
    /web\.listen: "localhost" is not a host and a port; write it like listen: /,
  ],
  ['web: {listen: ["[::1]:65536"]}', /web\.listen: .* is not a host and a port/],
  ['web: {listen: "a:1"}', /web\.listen: not a list of addresses/],
  ['control: {socket: run/a.sock}', /control\.socket: not a path from the root/],
  [`control: {socket: /${'a'.repeat(107)}}`, /control\.socket: longer than the 107 bytes/],
  ['devices:\n  include:\n    - ok\n    - "[z"', /v\.yaml:4: devices\.include: "\[z" is not a glob: /],
  ['devices: {exclude: veth*}', /devices\.exclude: not a list of globs/],
  ['metrics: {bounds: [0.1, 0.01]}', /metrics\.bounds: not rising/],
  ['metrics: {bounds: [0.1, 0.1]}', /metrics\.bounds: not rising/],
  ['metrics:\n  bounds:\n    - 0\n    - 1', /v\.yaml:3: metrics\.bounds: not above 0/],
  ['metrics: {bounds: [69]}', /metrics\.bounds: above the 68 s/],
  ['metrics: {bounds: [.nan]}', /metrics\.bounds: not a number of seconds/],
  ['metrics: {bounds: []}', /metrics\.bounds: empty/],
  ['journeys: {every: 0}', /journeys\.every: not a whole number from 1 to 1048576; write it like every: 1$/],
  ['journeys: {quiet: 1ms}', /journeys\.quiet: not a duration from 10ms to 10s/],
  [
    `metrics: {bounds: [${Array.from({ length: 101 }, (_, i) => i / 10 + 1)}]}`,
    /metrics\.bounds: more than 100/,
  ],
  [
    'log: {interval: 10 fortnights}',
    /log\.interval: not a duration from 1s to 24h; write it like interval: /,
  ],
  ['log: {interval: 999ms}', /log\.interval: not a duration from 1s/],
  ['log: {rotate_size: 64MB}', /log\.rotate_size: not a size from 64KiB to 1TiB/],
  ['user: "a b"', /user: not a user/],
  ['log:\n  keep: 3\n  keep: 4', /v\.yaml:3: log\.keep: here twice; leave one of them$/],
  ['log: 3', /v\.yaml:1: log: not a section/],
  ['- log', /v\.yaml:1: not a section/],
  ['log:\n\tkeep: 3', /v\.yaml:2: not YAML: Tabs are not allowed as indentation/],
  ['log: {keep: 3', /v\.yaml:1: not YAML: /],
  ['log:\n---\nlog:', /v\.yaml:2: a second document starts here/],
  ['devices:\n  include: [*]', /v\.yaml:2: not YAML: .* needs quotes/],
  [
    'devices:\n  include:\n    - *veth',
    /v\.yaml:3: an alias, which is not taken here; put what starts with "\*" in quotes$/,
  ],
  ['devices:\n  include:\n    - !veth', /v\.yaml:3: not YAML: Unresolved tag: !veth; .* needs quotes/],
] as const) {
  test(`refused, with line and key: ${JSON.stringify(text.slice(0, 70))}`, (t) => {
    const message_ = refusalOf(t, text);
    t.regex(message_, message);
    t.false(message_.includes('\n'), 'one mistake is told in one line');
  });
}

test('all that is wrong is told at once, in the order of the lines', (t) => {
  const message = refusalOf(t, 'user: ""\nlog:\n  keep: x\n  kep: 1\nwob: {}\n');
  t.deepEqual(
    message.split('\n').map((line) => line.replace(/;.*/, '')),
    [
      'cannot use the configuration v.yaml: 4 mistakes',
      'v.yaml:1: user: not a user',
      'v.yaml:3: log.keep: not a whole number from 1 to 10000',
      'v.yaml:4: log.kep: there is no such key',
      'v.yaml:5: wob: there is no such key',
    ],
  );
  const many = refusalOf(t, Array.from({ length: 50 }, (_, index) => `k${index}: 1`).join('\n'));
  t.regex(many, /: 50 mistakes; /);
  t.regex(many, /\nand 30 more$/);
});

test('a text that is made to exhaust the reader is refused, and quickly', (t) => {
  const bombs = [
    '['.repeat(20_000),
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    '{a: '.repeat(10_000),
    '- '.repeat(20_000),
    '? '.repeat(20_000),
  ];
  for (const bomb of bombs)
    t.regex(refusalOf(t, `# comment\n${bomb}`), /v\.yaml:2: nested more than 64 levels/);
  const laughs = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i && 9)}]`);
  t.regex(refusalOf(t, laughs.join('\n')), /an alias, which is not taken here/);
});

test('whatever the text, it is a configuration or a usage error', (t) => {
  const piece = fc.constantFrom(
    ...configKeys.flatMap(({ path }) => path.split('.').map((name) => `${name}:`)),
    ...[
      ' ',
      '\n',
      '\n  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '- ',
      '? ',
      ': ',
      '*a',
      '&a ',
      '!t ',
      '"',
      "'",
      '|',
      '#',
      '%',
      '3',
      '1s',
    ],
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (yaml) => {
      try {
        return parseConfig(yaml, 'v.yaml').log.keep > 0;
      } catch (error) {
        return (
          error instanceof VifscopeError && error.code === 'USAGE' && /v\.yaml:\d+: /.test(error.message)
        );
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('what changed is told as live or as needing a restart', (t) => {
  const changed = parseConfig(
    'devices: {include: ["veth*"]}\nmetrics: {max_window: 31s}\nweb: {max_connections: 65}\nuser: somebody',
    'v.yaml',
  );
  t.deepEqual(changesBetween(defaultConfig, changed), {
    live: ['devices.include', 'web.max_connections', 'metrics.max_window'],
    needRestart: ['user'],
  });
  t.deepEqual(changesBetween(changed, changed), { live: [], needRestart: [] });
  const same = parseConfig('metrics: {max_window: 0.5m}\nlog: {rotate_size: 65536KiB}', 'v.yaml');
  t.deepEqual(changesBetween(defaultConfig, same), { live: [], needRestart: [] });
});

test('a file is read, and one that is none is a usage error that names it', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-config-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'v.yaml');
  writeFileSync(path, 'log: {keep: 3}\n');
  chmodSync(path, 0o400);
  t.is(readConfig(path).log.keep, 3);
  t.deepEqual(readConfig('/dev/null'), defaultConfig);

  const refused = (file: string) =>
    t.throws(() => readConfig(file), { instanceOf: VifscopeError, code: 'USAGE' })?.message ?? '';
  t.regex(refused(join(directory, 'none.yaml')), /none\.yaml: ENOENT/);
  t.regex(refused(directory), /EISDIR/);
  t.regex(refused('/dev/zero'), /larger than 65536 bytes/);
  const latin1 = join(directory, 'latin1.yaml');
  writeFileSync(latin1, Buffer.from([0x23, 0xe9]));
  t.regex(refused(latin1), /not valid for encoding utf-8/i);
});
