// Child program, the start of a path: sends packets on a fixed schedule, whatever becomes of them (open loop).
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyLatencyCounts } from '../../measure/histogram.js';
import { ArrivalCounter } from '../load/arrivals.js';
import { countNs, type SparseCounts, sparse } from '../load/counts.js';
import { dueNsOf, type SendPlan, turnsDue } from '../load/plan.js';
import { cpuSecondsSince, serveOrders } from './channel.js';
import { framings } from './framing.js';
import type { GeneratorInput, GeneratorResult, SendMethod, SendOrder } from './messages.js';
import { clockNs, Pacer } from './pacing.js';
import { batchPackets, Sender } from './sender.js';

const lateAfterNs = 20_000;
/**
 * So many that are due go by one call: one by one it would take long to be on time again. A foreign call alone takes
 * longer than a packet may be late, so that fewer are on time again sooner one by one: after each such call a few more
 * would be late, and again, for milliseconds.
 */
const togetherFrom = 64;
/** What is overdue when the time is up is still sent, for no longer than this. */
const overtimeNs = 100e6;

const answerLimitMs = 200;

/** Whether all that is due goes by one call, when the next is so late. */
const togetherOf: Record<SendMethod, (lateNs: number, plan: SendPlan) => boolean> = {
  single: () => false,
  adaptive: (lateNs, { intervalNs }) => lateNs > togetherFrom * intervalNs,
  batch: () => true,
};

/** @returns how many turns were sent from this one on */
function sendOne(sender: Sender, plan: SendPlan, turn: number, startNs: number): number {
  sender.sendOne(sender.write(0, turn, plan, startNs + dueNsOf(plan, turn)));
  return 1;
}

/** All that is due by now. */
function sendBatch(sender: Sender, plan: SendPlan, turn: number, startNs: number): number {
  const turns = Math.min(batchPackets, Math.max(1, turnsDue(plan, clockNs() - startNs) - turn));
  for (let slot = 0; slot < turns; slot++)
    sender.write(slot, turn + slot, plan, startNs + dueNsOf(plan, turn + slot));
  sender.sendMany(turns);
  return turns;
}

function offer(sender: Sender, { flow, plan, method }: SendOrder): Omit<GeneratorResult, 'answers'> {
  const lateness = emptyLatencyCounts();
  let late = 0;
  let turn = 0;
  const pacer = new Pacer();
  sender.begin(flow);
  const cpuBefore = process.cpuUsage();
  const startNs = clockNs();
  const plannedNs = plan.packets * plan.intervalNs;
  while (turn < plan.packets) {
    const beginNs = pacer.until(startNs + dueNsOf(plan, turn)) - startNs;
    if (beginNs > plannedNs + overtimeNs) break;
    const isTogether = togetherOf[method](beginNs - dueNsOf(plan, turn), plan);
    const turns = (isTogether ? sendBatch : sendOne)(sender, plan, turn, startNs);
    // Those of a batch leave one after the other while the call lasts.
    const eachNs = turns === 1 ? 0 : (clockNs() - startNs - beginNs) / turns;
    for (let nth = 0; nth < turns; nth++) {
      const lateNs = Math.max(0, beginNs + nth * eachNs - dueNsOf(plan, turn + nth));
      countNs(lateness, lateNs);
      if (lateNs > lateAfterNs) late++;
    }
    turn += turns;
  }
  const durationSeconds = Math.max(clockNs() - startNs, plannedNs) / 1e9;
  const { refused } = sender;
  return {
    offered: plan.packets,
    turns: turn,
    sent: turn - refused,
    refused,
    late,
    latestMs: (lateness.maxNs ?? 0) / 1e6,
    lateness: sparse(lateness),
    reachedPacketsPerSecond: (turn - refused) / durationSeconds,
    durationSeconds,
    cpuSeconds: cpuSecondsSince(cpuBefore),
    waitingSeconds: pacer.spunNs / 1e9,
  };
}

const ofCarrier = { udp: framings.oneFlow, echo: framings.echo } as const;

/** The last are still on their way. */
async function answersOf(counter: ArrivalCounter): Promise<SparseCounts> {
  await sleep(answerLimitMs);
  return counter.read().latency;
}

await serveOrders<GeneratorInput>((input) => {
  const oneFlow = new Sender(input, input.answeredBy ? framings[input.answeredBy] : ofCarrier[input.carrier]);
  const answers = input.answeredBy ? new ArrivalCounter(oneFlow.socket, 'echo') : null;
  let manyFlows: Sender | null = null;
  return async (order) => {
    if (order.kind !== 'send') throw new Error(`a generator is not asked to ${order.kind}`);
    answers?.restart(order.flow);
    if (answers) return { ...offer(oneFlow, order), answers: await answersOf(answers) };
    if (order.plan.flows === 1 || input.carrier === 'echo')
      return { ...offer(oneFlow, order), answers: null };
    manyFlows ??= new Sender(input, framings.manyFlows);
    return { ...offer(manyFlows, order), answers: null };
  };
});
