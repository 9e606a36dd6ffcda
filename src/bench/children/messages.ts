// What the parent and its children say to each other: JSON over Node's IPC channel.
import type { SparseCounts } from '../load/counts.js';
import type { SendPlan } from '../load/plan.js';
import type { Carrier } from '../path.js';

/** What each child is started with. */
export interface ChildInputs {
  readonly forwarder: ForwarderInput;
  readonly generator: GeneratorInput;
  readonly sink: SinkInput;
}

/** From a child: `ready` once, then one `result` for each order, or one `error`, after which it ends. */
export type ChildMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly message: string };

/** To the sink: count this flow from now on. Answered at once, so that no packet comes before. */
export interface ReceiveOrder {
  readonly kind: 'receive';
  /** Tells this load's packets from those of an earlier one. */
  readonly flow: number;
  /** Upper bound of sequence numbers. */
  readonly packets: number;
}

/** To the sink: wait for what is still to come of the flow, and answer with what was counted. */
export interface FinishOrder {
  readonly kind: 'finish';
  /** Packets have the numbers from 0 to below this. */
  readonly turns: number;
  /** Of these, how many the generator's socket took. */
  readonly sent: number;
}

/** To the generator. */
export interface SendOrder {
  readonly kind: 'send';
  readonly flow: number;
  readonly plan: SendPlan;
  readonly method: SendMethod;
}

/**
 * One system call a packet, each at its time; the same, and where many are late all that is due by one call; or always
 * all that is due by one call.
 */
export type SendMethod = 'single' | 'adaptive' | 'batch';

export type Order = ReceiveOrder | FinishOrder | SendOrder;

export interface ForwarderInput {
  readonly fromNetns: string;
  readonly fromDevice: string;
  readonly toNetns: string;
  readonly toDevice: string;
}

export interface GeneratorInput {
  readonly netns: string;
  readonly carrier: Carrier;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  /** Where packets go, call by call in turn: one unless several device pairs lead there. */
  readonly sinkAddresses: readonly string[];
  readonly sinkPort: number;
  /** What answers: the generator counts when answers come back. */
  readonly answeredBy?: 'sockperf';
}

export interface GeneratorResult {
  /** Packets that the schedule held. */
  readonly offered: number;
  /** Of these, how many came to be: their numbers are those of the packets. */
  readonly turns: number;
  /** Packets that the socket took. */
  readonly sent: number;
  /** Packets that the socket turned away because its buffer was full. */
  readonly refused: number;
  /** Packets sent, or refused, more than 20 µs after their time. */
  readonly late: number;
  /** How long after its time the latest packet was sent, or refused. */
  readonly latestMs: number;
  /** How long after their time packets were sent. */
  readonly lateness: SparseCounts;
  readonly reachedPacketsPerSecond: number;
  readonly durationSeconds: number;
  /** The generator's own CPU time, user and system: near 1 s a second, since it spins between packets. */
  readonly cpuSeconds: number;
  /** Of it: between packets, looking at the clock. */
  readonly waitingSeconds: number;
  /** From scheduled send to the answer's arrival; null where nothing answers. */
  readonly answers: SparseCounts | null;
}

export interface SinkInput {
  readonly netns: string;
  readonly carrier: Carrier;
  readonly address: string;
  readonly port: number;
  readonly mostPayloadBytes: number;
  /** Whether the kernel counts how long after their time packets come. */
  readonly countsArrivals: boolean;
}

export interface SinkResult {
  /** Packets of this flow, second copies included. */
  readonly received: number;
  /** First copies that came after a packet sent later than they (RFC 4737). */
  readonly reordered: number;
  /** Second and further copies. */
  readonly duplicated: number;
  /** Sent, but never seen. */
  readonly missing: number;
  /** Runs of missing packets: few long gaps are a stall, many short ones a full queue. */
  readonly gaps: number;
  /** Datagrams of other flows, or none of ours. */
  readonly foreign: number;
  /** Datagrams that the sink's own socket turned away: above 0 the sink was too slow, not the path. */
  readonly socketDrops: number;
  /** From scheduled send to the receiving socket; null: not counted. */
  readonly latency: SparseCounts | null;
  /** Came before their time: the clocks are not the same. */
  readonly early: number;
  /** The sink's own CPU time for this load, user and system. */
  readonly cpuSeconds: number;
}
