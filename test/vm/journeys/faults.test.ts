import test from 'ava';
import { faultsOf } from './faults.js';
import { type JourneysReport, type LaneKind, type LaneReport, laneKinds } from './report.js';

const packets = 100;
const goodLane = (kind: LaneKind): LaneReport => {
  const ends = { from: `${kind}0`, to: `${kind}1`, count: packets };
  return {
    kind,
    packets,
    legs: [
      { leg: kind === 'tun' ? 'forwarder' : 'guest', ...ends },
      { leg: 'end_to_end', ...ends },
    ],
    measuredNs: [1_010_000, 2_010_000, 4_010_000],
    leastNs: [1_000_000, 2_000_000, 4_000_000],
    mostNs: [1_010_000, 2_010_000, 4_010_000],
  };
};
const summary = {
  every: 1,
  everyLeast: 1,
  everyMost: 1,
  begun: 200,
  whole: 200,
  partial: 0,
  ambiguous: 0,
  overlong: 0,
  evicted: 0,
};
const good: JourneysReport = {
  lanes: laneKinds.map(goodLane),
  journeys: { ...summary, lostEvents: 0, unrecognisable: 0, unreturned: [] },
};
const withTun = (change: Partial<LaneReport>): JourneysReport => ({
  ...good,
  lanes: good.lanes.map((lane) => (lane.kind === 'tun' ? { ...lane, ...change } : lane)),
});
const withSummary = (change: Partial<NonNullable<JourneysReport['journeys']>>): JourneysReport => ({
  ...good,
  journeys: good.journeys && { ...good.journeys, ...change },
});

test('a report in which all is well has no faults', (t) => {
  t.deepEqual(faultsOf(good), []);
});

const faulty: Readonly<Record<string, readonly [report: JourneysReport, fault: RegExp]>> = {
  'a lane that was left out': [{ ...good, lanes: good.lanes.slice(1) }, /tun: was not carried out/],
  'nothing followed': [{ ...good, journeys: null }, /no packet was followed/],
  'a packet not followed': [withSummary({ begun: 199, whole: 199 }), /200 packets were followed/],
  'an ambiguous journey': [withSummary({ whole: 199, ambiguous: 1 }), /"ambiguous":1/],
  'an event lost': [withSummary({ lostEvents: 1 }), /"lostEvents":1/],
  'a packet that was not written again': [
    withSummary({ unreturned: [{ device: 'tun0', netns: 'n', packets: 1 }] }),
    /"unreturned":\[\{/,
  ],
  'no leg': [withTun({ legs: [], measuredNs: [] }), /tun: 0 legs instead of 2\ntun: p50 is NaN/],
  'a leg of another name': [
    withTun({ legs: goodLane('tun').legs.map((line) => ({ ...line, leg: 'guest' as const })) }),
    /not a leg of this lane: \{"leg":"guest"/,
  ],
  'a leg too few': [
    withTun({ legs: goodLane('tun').legs.map((line) => ({ ...line, count: 99 })) }),
    /"count":99/,
  ],
  'a leg shorter than the residence': [
    withTun({ measuredNs: [999_999, 2_010_000, 4_010_000] }),
    /p50 is 999999 ns, but packets were held for 1000000 to 1010000 ns/,
  ],
  'a leg longer than the residence': [
    withTun({ measuredNs: [1_010_000, 2_010_000, 4_100_000] }),
    /p99 is 4100000 ns/,
  ],
};

for (const [title, [report, fault]] of Object.entries(faulty))
  test(`${title} is a fault`, (t) => {
    t.regex(faultsOf(report).join('\n'), fault);
  });
