// How each case of the table is set up.
import { fileURLToPath } from 'node:url';
import type { CaseGround, Lane } from './ground.js';
import { bridgeLane, containerLane } from './lanes/bridged.js';
import { cuttingLane, mergingLane } from './lanes/tcp.js';
import { flags, tunLane } from './lanes/tun.js';
import { ipv6Lane, jumboLane, netemLane, pairLane, steeredLane, vlanLane, xdpLane } from './lanes/veth.js';
import type { CaseName } from './table.js';

const xdpObject = fileURLToPath(new URL('../../../../bpf/xdp_pass.bpf.o', import.meta.url));

export interface Setup {
  readonly lane: (ground: CaseGround) => Promise<Lane>;
  /** Enough to see a stray one, few enough for an emulated CPU. */
  readonly packets: number;
  /** Carried out so often, where times are compared: a busy host disturbs one run, seldom all. */
  readonly runs?: number;
}

const packets = 400;
const runs = 3;

export const setups: Readonly<Record<CaseName, Setup>> = {
  // One by one and stamped, to compare netem with.
  plain: { lane: pairLane(undefined, { burst: 1, isStamped: true }), packets: 200, runs },
  'netem 1 ms': { lane: netemLane(1), packets: 200, runs },
  'netem 10 ms': { lane: netemLane(10), packets: 100, runs },
  'netem 100 ms': { lane: netemLane(100), packets: 20, runs },
  vlan: { lane: vlanLane, packets },
  ipv6: { lane: ipv6Lane, packets: 100 },
  bridge: { lane: bridgeLane, packets },
  container: { lane: containerLane, packets },
  jumbo: { lane: jumboLane, packets },
  rps: { lane: steeredLane, packets },
  gro: { lane: mergingLane, packets: 2_000 },
  gso: { lane: cuttingLane, packets: 2_000 },
  tap: { lane: tunLane({ kind: 'tap', in: 0, out: 0 }), packets },
  'multi-queue tun': { lane: tunLane({ in: flags.multiQueue, out: 0, inQueues: 2, flows: 16 }), packets },
  'tun with headers': { lane: tunLane({ in: flags.header, out: flags.header }), packets },
  'NAPI tun': { lane: tunLane({ in: 0, out: flags.napi }), packets },
  'generic XDP': { lane: xdpLane('xdpgeneric', xdpObject), packets },
  'native XDP': { lane: xdpLane('xdpdrv', xdpObject), packets },
};
