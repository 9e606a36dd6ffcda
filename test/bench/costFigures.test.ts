// From the kernel's counters to figures and text: no kernel needed.
import test from 'ava';
import { costFigures, spreadOf } from '../../src/bench/cost/figures.js';
import { readCostOptions } from '../../src/bench/cost/options.js';
import type { Round, Turn } from '../../src/bench/cost/rounds.js';
import { runsBetween, runsByTracepoint } from '../../src/bench/cost/runStatistics.js';
import { costText } from '../../src/bench/cost/text.js';
import { VifscopeError } from '../../src/errors.js';

const packets = 1_000;

/** A turn in which these hooks took so many ns a run. */
const turn = (nsByHook: Readonly<Record<string, number>>, matched: number | null = null): Turn => ({
  packets,
  runs: new Map(
    Object.entries(nsByHook).map(([hook, ns]) => [hook, { count: packets, totalNs: packets * ns }]),
  ),
  foreignRunsPercent: 0,
  matched,
});

const all = (queue: number, start: number, end: number, receive: number) => ({
  net_dev_queue: queue,
  net_dev_start_xmit: start,
  net_dev_xmit: end,
  netif_receive_skb: receive,
});

const round = (slowdownNs: number): Round => ({
  empty: turn(all(50, 50, 50, 50)),
  clock: turn(all(90, 90, 90, 90)),
  vifscope: turn(all(120 + slowdownNs, 130, 110, 120), packets),
  backlog: turn({ net_dev_start_xmit: 110, netif_receive_skb: 120 }, packets - 1),
  others: turn(all(55, 60, 51, 62)),
});

test('sums and ratios are above the empty programs of the same round', (t) => {
  const figures = costFigures([round(0), round(10), round(40)]);
  t.deepEqual(figures.egressToReceiveNs, { median: 290, min: 280, max: 320 });
  t.is(figures.othersNs.median, 28);
  t.is(figures.backlog.aboveEmptyNs.median, 130);
  t.is(figures.backlog.twoClockReadsNs.median, 80);
  t.is(figures.backlog.ratio.median, 130 / 80);
  t.is(figures.backlog.ratioWithEmpty.median, 230 / 180);
  t.is(figures.unmatchedPackets, 3);
  const [queue] = figures.programs;
  t.is(queue?.backlogNs, null);
  t.deepEqual(queue?.vifscopeNs, { median: 80, min: 70, max: 110 });
});

test('a hook that runs only now and then is no part of the path', (t) => {
  const rare = { count: packets / 10, totalNs: 1 };
  const withRare = ({ runs, ...rest }: Turn): Turn => ({
    ...rest,
    runs: new Map([...runs, ['kfree_skb', rare]]),
  });
  const { empty, clock, vifscope, backlog, others } = round(0);
  const rareRound = {
    empty: withRare(empty),
    clock: withRare(clock),
    vifscope: withRare(vifscope),
    backlog: withRare(backlog),
    others: withRare(others),
  };
  t.deepEqual(
    costFigures([rareRound]).programs.map((program) => program.hook),
    ['net_dev_queue', 'net_dev_start_xmit', 'net_dev_xmit', 'netif_receive_skb'],
  );
});

test('the text names each target and whether it is met', (t) => {
  const text = costText(costFigures([round(0)]));
  t.regex(text, /280 ns \(280 to 280\) for 4 hooks .* target 220 ns: missed/);
  t.regex(text, /28 ns \(28 to 28\) for a packet that is not to be measured; target 40 ns: met/);
  t.regex(text, /ratio 1\.63 .* target 1\.35 times: missed/);
  t.regex(text, /ratio 1\.28 .* left in both/);
  t.regex(text, /net_dev_queue +1 +50 \(50 to 50\) +40 \(40 to 40\) +70 \(70 to 70\) +- +5 \(5 to 5\)\n/);
  t.regex(text, /matched 1 packets fewer than were sent/);
});

test('the median of an even number of values lies between the middle two', (t) => {
  t.deepEqual(spreadOf([4, 1, 10, 2]), { median: 3, min: 1, max: 10 });
});

test('a link leads from its tracepoint to its program and its runs', (t) => {
  const program = (id: number, ns: number, runs: number) =>
    `pos:\t0\nprog_type:\t26\nprog_id:\t${id}\nrun_time_ns:\t${ns}\nrun_cnt:\t${runs}\n`;
  const link = (id: number, tracepoint: string) =>
    `pos:\t0\nlink_type:\traw_tracepoint\nprog_id:\t${id}\ntp_name:\t${tracepoint}\n`;
  const before = runsByTracepoint([program(7, 100, 2), program(8, 0, 0), link(7, 'kfree_skb'), 'pos:\t0\n']);
  const after = runsByTracepoint([link(7, 'kfree_skb'), program(7, 400, 5), link(9, 'netif_rx')]);
  t.deepEqual([...before], [['kfree_skb', { count: 2, totalNs: 100 }]]);
  t.deepEqual([...runsBetween(before, after)], [['kfree_skb', { count: 3, totalNs: 300 }]]);
});

test('options are whole numbers, and what is none is refused', (t) => {
  t.deepEqual(readCostOptions(['--rounds', '3', '--packets', '500', '--json']), {
    rounds: 3,
    packets: 500,
    json: true,
  });
  t.is(readCostOptions(['--help']), null);
  for (const args of [['--rounds', '0'], ['--rounds', 'x'], ['--packets', '1e5'], ['--what'], ['stray']]) {
    const error = t.throws(() => readCostOptions(args), { instanceOf: VifscopeError });
    t.is(error.code, 'USAGE');
  }
});
