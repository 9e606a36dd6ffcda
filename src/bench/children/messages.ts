// What the parent and its children say to each other: JSON over Node's IPC channel.

export type ChildName = 'forwarder' | 'generator' | 'sink';

/** From a child: `ready` once, then one `result` or one `error`. */
export type ChildMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly message: string };

/** To the sink: that many packets were sent, wait for the rest of them and report. */
export interface Instruction {
  readonly kind: 'finish';
  readonly sent: number;
}

export interface ForwarderInput {
  readonly fromNetns: string;
  readonly fromDevice: string;
  readonly toNetns: string;
  readonly toDevice: string;
}

export interface GeneratorInput {
  readonly netns: string;
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly sinkAddress: string;
  readonly sinkPort: number;
  /** Tells this load's packets from those of an earlier one. */
  readonly flow: number;
  readonly packetsPerSecond: number;
  readonly durationSeconds: number;
  readonly payloadBytes: number;
}

export interface GeneratorResult {
  /** Packets that the schedule held. */
  readonly offered: number;
  /** Packets that the socket took. */
  readonly sent: number;
  /** Packets that the socket turned away because its buffer was full. */
  readonly refused: number;
  /** Packets sent, or refused, more than 100 µs after their time. */
  readonly late: number;
  /** How long after its time the latest packet was sent, or refused. */
  readonly latestMs: number;
  readonly reachedPacketsPerSecond: number;
  readonly durationSeconds: number;
  /** The generator's own CPU time, user and system: near 1 s a second, since it spins between packets. */
  readonly cpuSeconds: number;
}

export interface SinkInput {
  readonly netns: string;
  readonly address: string;
  readonly port: number;
  readonly flow: number;
  /** Upper bound of sequence numbers. */
  readonly packets: number;
  readonly payloadBytes: number;
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
  /** The sink's own CPU time since it was ready, user and system. */
  readonly cpuSeconds: number;
}
