// At which rate packets were followed, in words: the same in every output that has legs.
import type { JourneySummary } from '../measure/snapshot.js';
import { countText } from './latencyText.js';

type Rate = Pick<JourneySummary, 'every' | 'everyLeast' | 'everyMost'>;

/** "one packet in 64"; where it changed, how far, and what it was at the end. */
export function rateText({ every, everyLeast, everyMost }: Rate): string {
  if (everyLeast === everyMost) return every === 1 ? 'every packet' : `one packet in ${countText(every)}`;
  return `one packet in ${countText(everyLeast)} to ${countText(everyMost)}, in ${countText(every)} at the end`;
}
