// The one table of cases: what kind of traffic, and what must be measured of it where.
import type { Segment } from '../../../src/measure/segments.js';

/** How many samples, of the packets that have arrived; `some`: one at least. */
export type Share = 'all' | 'some' | 'none';

export interface Expected {
  readonly device: string;
  readonly segment: Segment;
  readonly share: Share;
}

export interface Stray {
  readonly device: string;
  readonly segment: Segment;
  /** Each of them may be counted; `unmatched` must be, or the case isn't what it is called. */
  readonly kinds: readonly ('unmatched' | 'expired' | 'inFlight')[];
  readonly why: string;
}

export interface CaseRow {
  /** In the document. */
  readonly title: string;
  readonly expected: readonly Expected[];
  /** Where ends have no start, or starts no end, by design; elsewhere every start has its sample. */
  readonly strays?: readonly Stray[];
  /** Packets merge, on kernels that do so, before the stack counts them: at most every second one of v1 reaches it. */
  readonly merges?: true;
  /** Set by netem on v0, whose wait this is. */
  readonly delayMs?: number;
  /** Other packets than the case's own pass too: discovery of neighbours, acknowledgements. */
  readonly hasOthers?: true;
}

const all = (device: string, ...segments: Segment[]): Expected[] =>
  segments.map((segment) => ({ device, segment, share: 'all' }));
const pair = [...all('v0', 'driver'), ...all('v1', 'backlog')];
const queuedPair = [...all('v0', 'qdisc', 'driver'), ...all('v1', 'backlog')];
const overBridge = [
  ...all('a0', 'driver'),
  ...all('a1', 'backlog'),
  ...all('b1', 'driver'),
  ...all('b0', 'backlog'),
];
const forwarded = [...all('in0', 'qdisc', 'driver', 'ring'), ...all('out0', 'inject', 'backlog')];

export const cases = {
  plain: { title: 'veth, nothing special', expected: pair },
  'netem 1 ms': { title: 'netem delay 1 ms', expected: queuedPair, delayMs: 1 },
  'netem 10 ms': { title: 'netem delay 10 ms', expected: queuedPair, delayMs: 10 },
  'netem 100 ms': { title: 'netem delay 100 ms', expected: queuedPair, delayMs: 100 },
  vlan: { title: 'VLAN on a veth', expected: [...all('v0.5', 'driver'), ...pair] },
  ipv6: { title: 'IPv6', expected: pair, hasOthers: true },
  bridge: { title: 'bridge between two veths', expected: overBridge },
  container: { title: 'container: veth, bridge, route, veth', expected: overBridge },
  jumbo: { title: 'frames of 9,000 bytes', expected: pair },
  rps: { title: 'RPS', expected: pair },
  gro: { title: 'GRO, TCP in single segments', expected: pair, hasOthers: true, merges: true },
  gso: {
    title: 'TCP in large segments through a queue',
    expected: [
      ...all('v0', 'driver'),
      { device: 'v0', segment: 'qdisc', share: 'some' },
      ...all('v1', 'backlog'),
    ],
    strays: [
      {
        device: 'v0',
        segment: 'qdisc',
        kinds: ['unmatched', 'expired', 'inFlight'],
        why: 'a large segment is queued, and others are sent that were cut out of it',
      },
    ],
    hasOthers: true,
  },
  tap: { title: 'tap, nothing special', expected: forwarded },
  'multi-queue tun': { title: 'tun of two queues', expected: forwarded },
  'tun with headers': { title: 'tun with IFF_VNET_HDR', expected: forwarded },
  // Packets enter by NAPI at once: there is no backlog.
  'NAPI tun': {
    title: 'tun with IFF_NAPI',
    expected: [
      ...all('in0', 'qdisc', 'driver', 'ring'),
      ...all('out0', 'inject'),
      { device: 'out0', segment: 'backlog', share: 'none' },
    ],
  },
  'generic XDP': { title: 'generic XDP on the receiving veth', expected: pair },
  'native XDP': {
    title: 'native XDP on the receiving veth',
    expected: [...all('v0', 'driver'), { device: 'v1', segment: 'backlog', share: 'none' }],
    strays: [
      {
        device: 'v1',
        segment: 'backlog',
        kinds: ['unmatched', 'expired'],
        why: 'XDP builds new skbs: what is received was never sent',
      },
    ],
  },
} as const satisfies Readonly<Record<string, CaseRow>>;

export type CaseName = keyof typeof cases;
export const caseNames = Object.keys(cases) as readonly CaseName[];
export const rowOf = (name: CaseName): CaseRow => cases[name];
