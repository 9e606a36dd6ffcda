// The generator beside the plainest loop in C, on the same CPU in the same run.
// Catches: a sender that gives its CPU to something else than sending.
import { measureSending } from '../../../src/bench/sending/rounds.js';
import { realTest } from '../realHost.js';

const [rounds, seconds, leastRatio] = [7, 0.3, 0.85];

realTest(
  'tun',
  'the generator sends 85 % at least of what a plain loop in C does',
  async (t, scope) => {
    const figures = await measureSending({ rounds, packetsPerSecond: 100_000 }, scope, seconds);
    t.log(JSON.stringify(figures));
    t.is(figures.rounds.length, rounds);
    t.true(figures.rounds.every(({ reference }) => reference.packetsPerSecond > 0));
    t.true(figures.ratio.median >= leastRatio, `${figures.ratio.median}`);
  },
  ['compiler', 'twoCpus'],
);
