// Forwarders that no one here wrote, between tun0 in one namespace and tun1 in the other: Debian's own programs.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressesOf } from '../../../src/bench/addresses.js';
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied, type TiedProcess } from '../../../src/bench/tiedProcess.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { addVethPair } from '../support/secondVeth.js';

export type RelayedPath = Pick<
  BuiltPath,
  'name' | 'generatorNetns' | 'sinkNetns' | 'devices' | 'sinkAddress' | 'sinkPort'
>;

const devices = { generator: 'tun0', sink: 'tun1' };
const limitSeconds = 10;
const vpnPort = '1194';

async function untilThere(netns: string, device: string, programs: readonly TiedProcess[]): Promise<void> {
  const isThere = () => {
    for (const { name, howEnded } of programs)
      if (howEnded() !== null) throw new Error(`${name} ${howEnded()}`);
    const links = execFileSync('ip', ['-n', netns, '-o', 'link'], { encoding: 'utf8' });
    return links.includes(` ${device}: `);
  };
  if (!(await waitUntil(isThere, limitSeconds))) throw new Error(`no ${device} in ${netns}`);
}

/** One socat that copies packets from tun0 to tun1; it knows no namespaces, so tun1 is moved. */
export async function buildSocat(scope: Scope): Promise<RelayedPath> {
  const ends = await makeEnds('tun', scope);
  const { generatorNetns, sinkNetns } = ends;
  const tun = (name: string) => `TUN,iff-no-pi,tun-type=tun,tun-name=${name}`;
  const command = ['ip', 'netns', 'exec', generatorNetns, 'socat', tun('tun0'), tun('tun1')];
  const socat = startTied('socat', command, ['ignore', 'ignore', 'pipe'], scope);
  for (const device of ['tun0', 'tun1']) await untilThere(generatorNetns, device, [socat]);
  await runCommand('ip', ['-n', generatorNetns, 'link', 'set', 'tun1', 'netns', sinkNetns]);
  return await configureEnds(ends, devices, null, scope);
}

/** An OpenVPN at each end and a veth pair between them; what is on the pair is measured too. */
export async function buildOpenVpn(isEncrypted: boolean, scope: Scope): Promise<RelayedPath> {
  const ends = await makeEnds('tun', scope);
  const { generatorNetns, sinkNetns, addresses } = ends;
  const middle = {
    generatorNetns,
    sinkNetns,
    name: 'tun',
    carrier: 'udp',
    generatorAddress: addresses.generator,
    sinkAddress: addresses.sink,
    sinkPort: 0,
  } as const;
  const between = await addVethPair(
    { ...middle, devices: [], middlePid: null, middleFailure: () => null },
    scope,
  );
  const { generator, sink, generatorMac } = addressesOf('veth');
  await runCommand('ip', ['-n', sinkNetns, 'route', 'add', `${generator}/32`, 'dev', 'veth3']);
  const entry = [generator, 'lladdr', generatorMac, 'dev', 'veth3', 'nud', 'permanent'];
  await runCommand('ip', ['-n', sinkNetns, 'neighbour', 'add', ...entry]);
  const secrecy = isEncrypted
    ? ['--cipher', 'AES-256-CBC', '--secret', writeKey(scope)]
    : ['--cipher', 'none', '--auth', 'none'];
  const start = (netns: string, device: string, own: string, other: string) => {
    const tunnel = ['--dev', device, '--dev-type', 'tun', '--proto', 'udp', '--port', vpnPort, '--verb', '1'];
    const command = [
      'ip',
      'netns',
      'exec',
      netns,
      'openvpn',
      ...tunnel,
      '--local',
      own,
      '--remote',
      other,
      ...secrecy,
    ];
    return startTied('openvpn', command, ['ignore', 'ignore', 'pipe'], scope);
  };
  const vpns = [start(generatorNetns, 'tun0', generator, sink), start(sinkNetns, 'tun1', sink, generator)];
  await untilThere(generatorNetns, 'tun0', vpns);
  await untilThere(sinkNetns, 'tun1', vpns);
  const path = await configureEnds(ends, devices, null, scope);
  return { ...path, devices: [...path.devices, ...between.devices] };
}

/** As openvpn --genkey writes it: 2048 bits in hexadecimal digits. */
function writeKey({ cleanup }: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'vifscope-key-'));
  cleanup.add('remove the key', () => rmSync(folder, { recursive: true }));
  const path = join(folder, 'static.key');
  const lines = Array.from({ length: 16 }, () => randomBytes(16).toString('hex'));
  const text = ['-----BEGIN OpenVPN Static key V1-----', ...lines, '-----END OpenVPN Static key V1-----', ''];
  writeFileSync(path, text.join('\n'), { mode: 0o600 });
  return path;
}
