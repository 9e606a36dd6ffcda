// What ip, tc, ethtool and /sys say of a device, as settings by name. Pure; null where it was not said.
import { z } from 'zod';
import { distinct } from './known.js';

export type Entry = readonly [name: string, value: string | null];

const number = z.number().optional();
const linkShape = z
  .array(
    z.object({
      mtu: number,
      txqlen: number,
      num_tx_queues: number,
      num_rx_queues: number,
      gso_max_size: number,
      gso_max_segs: number,
      gro_max_size: number,
      linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
      xdp: z.object({ mode: z.number() }).optional(),
    }),
  )
  .length(1);

/** Of `ip -d -j link`. */
export function linkEntries(json: string | null): Entry[] {
  const link = json === null ? undefined : linkShape.parse(JSON.parse(json))[0];
  const xdp = link?.xdp === undefined ? 'none' : `mode ${link.xdp.mode}`;
  const values = {
    // Hardware and the loopback have none.
    kind: link && (link.linkinfo?.info_kind ?? 'none'),
    mtu: link?.mtu,
    txqueuelen: link?.txqlen,
    'transmit queues at most': link?.num_tx_queues,
    'receive queues at most': link?.num_rx_queues,
    'GSO bytes at most': link?.gso_max_size,
    'GSO segments at most': link?.gso_max_segs,
    'GRO bytes at most': link?.gro_max_size,
    XDP: link && xdp,
  };
  return Object.entries(values).map(([name, value]) => [name, value?.toString() ?? null]);
}

/** Of `tc qdisc show`: without the handles, which the kernel counts up, and without references. */
export function qdiscText(text: string | null): string | null {
  if (text === null) return null;
  const lines = text.trim().split('\n').filter(Boolean);
  const settings = lines.map((line) =>
    line
      .replace(/^qdisc (\S+) \S+/, '$1')
      .replace(/ refcnt \d+/, '')
      .trim(),
  );
  return settings.join('; ') || 'none';
}

const offloads = [
  'rx-checksumming',
  'tx-checksumming',
  'scatter-gather',
  'tcp-segmentation-offload',
  'tx-udp-segmentation',
  'generic-segmentation-offload',
  'generic-receive-offload',
  'rx-gro-list',
  'rx-udp-gro-forwarding',
] as const;

/** Of `ethtool -k`: "on", "off", and whether it can't be changed. */
export const featureEntries = (text: string | null): Entry[] =>
  offloads.map((offload) => [
    offload,
    new RegExp(`^\\s*${offload}: (.*)$`, 'm').exec(text ?? '')?.[1] ?? null,
  ]);

/** Files of /sys/class/net/DEVICE, and what they are called here. */
const attributes = {
  threaded: 'threaded NAPI',
  gro_flush_timeout: 'GRO flush timeout',
  napi_defer_hard_irqs: 'NAPI deferred interrupts',
} as const;

/** include/uapi/linux/if_tun.h */
const tunFlags: readonly (readonly [bit: number, name: string])[] = [
  [0x1, 'tun'],
  [0x2, 'tap'],
  [0x10, 'napi'],
  [0x20, 'napi_frags'],
  [0x100, 'multi_queue'],
  [0x800, 'persist'],
  [0x1000, 'no_pi'],
  [0x4000, 'vnet_hdr'],
];

/** Prints what can be read of a device, one "FILE=VALUE" a line, and "queues/QUEUE=" for each queue; $0 is its name. */
export const printFiles = `cd "/sys/class/net/$0" && printf '%s=\\n' queues/*
for file in ${Object.keys(attributes).join(' ')} tun_flags queues/*/?ps_cpus; do
  value=$(cat "$file" 2>/dev/null) && echo "$file=$value"
done
true`;

/** Of what `printFiles` prints. */
export function fileEntries(text: string | null): Entry[] {
  const lines = (text ?? '').trim().split('\n').filter(Boolean);
  const files = new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const names = [...files.keys()];
  const queues = (direction: string) =>
    names.filter((name) => new RegExp(`^queues/${direction}-\\d+$`).test(name)).length || null;
  // Of a device with one queue to send from, the kernel shows no mask.
  const masks = (file: string) =>
    distinct(names.filter((name) => name.endsWith(file)).map((name) => files.get(name) ?? null));
  const flags = files.get('tun_flags');
  return [
    ...Object.entries(attributes).map(([file, name]): Entry => [name, files.get(file) ?? null]),
    ['receive queues', queues('rx')?.toString() ?? null],
    ['RPS CPUs', masks('/rps_cpus')],
    ['transmit queues', queues('tx')?.toString() ?? null],
    ['XPS CPUs', masks('/xps_cpus')],
    // No other kind of device has them.
    ...(flags === undefined ? [] : [['tun flags', tunFlagText(flags)] as const]),
  ];
}

function tunFlagText(hexadecimal: string): string {
  const flags = Number(hexadecimal);
  return tunFlags
    .filter(([bit]) => (flags & bit) !== 0)
    .map(([, name]) => name)
    .join(' ');
}
