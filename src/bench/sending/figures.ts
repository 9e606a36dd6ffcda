// From rounds to what is printed: medians, for a virtual machine's CPU is away now and then.
import { countText } from '../../export/latencyText.js';
import { spreadOf } from '../result/spread.js';

interface Sending {
  readonly packetsPerSecond: number;
  /** Of the packets sent on a schedule, the share that left more than 20 µs after their time. */
  readonly lateShare: number;
}

export interface Round {
  /** On the same schedule, of looks at the clock alone. */
  readonly idleLateShare: number;
  readonly reference: Sending;
  readonly generator: Sending;
}

const ratioOf = ({ reference, generator }: Round): number =>
  generator.packetsPerSecond / reference.packetsPerSecond;

export function sendingFigures(rounds: readonly Round[]) {
  return { rounds, ratio: spreadOf(rounds.map(ratioOf)) };
}

export type SendingFigures = ReturnType<typeof sendingFigures>;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

export function sendingText({ rounds, ratio }: SendingFigures, packetsPerSecond: number): string {
  const line = (name: string, of: (round: Round) => Sending) => {
    const rate = spreadOf(rounds.map((round) => of(round).packetsPerSecond));
    const late = spreadOf(rounds.map((round) => of(round).lateShare));
    const rates = [rate.median, rate.min, rate.max].map((value) => countText(Math.round(value)));
    return `${name}: ${rates[0]} packets/s (${rates[1]} to ${rates[2]}); at ${countText(packetsPerSecond)} a second ${percent(late.median)} late (${percent(late.min)} to ${percent(late.max)})\n`;
  };
  const idle = spreadOf(rounds.map(({ idleLateShare }) => idleLateShare));
  return [
    `the CPU alone: ${percent(idle.median)} late (${percent(idle.min)} to ${percent(idle.max)})\n`,
    line('loop in C', ({ reference }) => reference),
    line('generator', ({ generator }) => generator),
    `ratio: ${percent(ratio.median)} (${percent(ratio.min)} to ${percent(ratio.max)})\n`,
  ].join('');
}
