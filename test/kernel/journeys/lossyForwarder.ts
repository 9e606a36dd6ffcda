// Child program: forwards both ways between tun0 and tun1, and loses some TCP segments with data, each once, so that
// they are sent again. Asked by a line, it tells what it has read and done. Arguments: namespaces of tun0 and tun1.
import { writeSync } from 'node:fs';
import { PollDevice } from './pollDevice.js';

const [fromNetns = '', toNetns = ''] = process.argv.slice(2);
const oneLostIn = 20;
const ipBytes = 20;
const protocolAt = 9;
const tcpProtocol = 6;
const SYN_RST = 0x06;

/** What vifscope tells packets of a connection apart by, and no more; null for what is no TCP. */
function contentOf(packet: Buffer): { readonly key: string; readonly hasData: boolean } | null {
  if (packet[protocolAt] !== tcpProtocol) return null;
  const tcp = packet.subarray(ipBytes);
  const hasData = tcp.length > ((tcp[12] ?? 0) >> 4) * 4;
  const ports = [tcp.readUInt16BE(0), tcp.readUInt16BE(2)].toSorted((a, b) => a - b);
  const numbers = [tcp.readUInt32BE(4), tcp.readUInt32BE(8), (tcp[13] ?? 0) & SYN_RST];
  return { key: [...ports, ...numbers, hasData].join(), hasData };
}

const [from, to] = [new PollDevice('tun', fromNetns, 'tun0'), new PollDevice('tun', toNetns, 'tun1')];
/** How often each content was read. */
const reads = new Map<string, number>();
let [mostNs, dropped, fresh] = [0, 0, 0];
const clockNs = (): number => Number(process.hrtime.bigint());

/** Of data that is read for the first time, one in so many. */
function isToBeLost(content: NonNullable<ReturnType<typeof contentOf>>): boolean {
  const before = reads.get(content.key) ?? 0;
  reads.set(content.key, before + 1);
  if (before > 0 || !content.hasData) return false;
  fresh += 1;
  return fresh % oneLostIn === 0;
}

function carry(source: PollDevice, target: PollDevice): boolean {
  const askedNs = clockNs();
  const packet = source.read();
  if (packet === null) return false;
  const content = contentOf(packet);
  if (content !== null && isToBeLost(content)) dropped += 1;
  else {
    target.write(packet);
    mostNs = Math.max(mostNs, clockNs() - askedNs);
  }
  return true;
}

function poll(): void {
  while (carry(from, to) || carry(to, from));
  setImmediate(poll);
}

process.stdin.on('data', () => {
  const counts = [...reads.values()];
  const readOnce = counts.filter((count) => count === 1).length;
  writeSync(1, `${JSON.stringify({ readOnce, readAgain: counts.length - readOnce, dropped, mostNs })}\n`);
});
writeSync(1, 'ready\n');
poll();
