import { spawnSync } from 'node:child_process';
import { expressionsOf, filled, type PanelExpression, readDashboards } from './support/dashboards.js';
import { complaintOf } from './support/plausible.js';
import { cachedReleases, type PrometheusServer, type Rule, type Sample } from './support/prometheusServer.js';
import { stageTest, untilNone } from './support/stage.js';

const all = '.+';
const choices = {
  job: 'vifscope',
  instance: all,
  kind: all,
  netns: all,
  device: all,
  segment: all,
  leg: all,
  from: all,
  to: all,
};
const noDrops = 'nothing is dropped where every reader keeps up';

/** Panels that rightly show nothing on a healthy host, with the reason. */
const mayBeEmpty: Readonly<Record<string, string>> = {
  'vifscope / Overview, veth drops by reason, A': noDrops,
  'vifscope / Overview, tun drops by reason, A': noDrops,
};

const busyHost = 'what reads the packets shares its CPUs with the rest of the test';

/** Alerts that may stand on a healthy host, with the reason. No other may. */
const mayAlert: Readonly<Record<string, string>> = {
  VifscopeRingTailHigh: busyHost,
  VifscopePacketsDropped: busyHost,
  VifscopeHookMissing: 'some kernels refuse what the hook of `inject` needs',
};

/** A balance, of counts that are read while packets pass. */
const unaccounted = 'vifscope / Health, Unaccounted for, A';
/** All three paths carry packets, and the tap drops some: a panel that stands at 0 shows something else. */
const moving = /^vifscope \/ Overview, (Packets|(veth|tap|tun) packets|tap drops by reason), A$/;

function rangeOf(where: string): readonly [least: number, greatest: number] | undefined {
  if (where === unaccounted) return [-100, 100];
  return moving.test(where) ? [Number.MIN_VALUE, 1e6] : undefined;
}

async function panelComplaints(server: PrometheusServer, segments: readonly string[]): Promise<string[]> {
  const asked = readDashboards().flatMap(expressionsOf);
  // One row a segment on the path page: each must have its data.
  const narrowed = [all, ...segments].flatMap((segment) =>
    asked
      .filter(({ expression }) => segment === all || expression.includes('$segment'))
      .map((panel) => ({
        ...panel,
        expression: filled(panel.expression, { ...choices, segment, __rate_interval: '5s' }),
      })),
  );
  const complaints = await Promise.all(narrowed.map((panel) => panelComplaint(server, panel)));
  return complaints.filter((complaint) => complaint !== null);
}

async function panelComplaint(server: PrometheusServer, { where, expression, unit }: PanelExpression) {
  const samples = await server.query(expression);
  if (samples.length === 0 && where in mayBeEmpty) return null;
  const complaint = complaintOf(samples, unit, rangeOf(where));
  return complaint && `${where}: ${complaint}: ${expression}`;
}

async function ruleComplaints(server: PrometheusServer): Promise<string[]> {
  const complaints = await Promise.all(
    (await server.rules()).map(async (rule) => {
      const complaint = ruleComplaint(rule, await server.query(rule.query));
      return complaint && `${rule.name}: ${complaint}`;
    }),
  );
  return complaints.filter((complaint) => complaint !== null);
}

function ruleComplaint({ type, name, health, lastError }: Rule, samples: readonly Sample[]): string | null {
  if (health !== 'ok') return `${health} ${lastError}`;
  if (type === 'alerting') return samples.length === 0 || name in mayAlert ? null : JSON.stringify(samples);
  const [range] = Object.entries(recordedRanges).filter(([pattern]) => name.includes(pattern));
  return complaintOf(samples, 'recorded', range?.[1]);
}

const recordedRanges: Readonly<Record<string, readonly [number, number]>> = {
  latency_seconds: [1e-8, 70],
  'started:rate': [0, 1e6],
  ratio: [0, 1],
  unaccounted: [-100, 100],
};

stageTest('every expression of every panel and rule gives plausible figures', async (t, stage, scope) => {
  stage.keepLoaded(1_000);
  for (const server of stage.servers) {
    const complaints = async () => {
      const segments = await server.labelValues('vifscope_segment_latency_seconds_count', 'segment');
      return [...(await panelComplaints(server, segments)), ...(await ruleComplaints(server))];
    };
    t.deepEqual(await untilNone(complaints, 15, scope), [], server.suite);
  }
});

stageTest('promtool finds no fault with what the service serves under load', async (t, stage) => {
  await stage.load(1_000, 1);
  const input = await (await fetch(`${stage.daemon.url}/metrics`)).text();
  t.regex(input, /^vifscope_segment_latency_seconds_bucket/m);
  t.regex(input, /^vifscope_leg_latency_seconds_bucket/m);
  for (const { promtool } of cachedReleases()) {
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
    t.deepEqual({ status, said: `${stdout}${stderr}` }, { status: 0, said: '' });
  }
});

stageTest('every variable of every dashboard offers something to choose', async (t, stage, scope) => {
  const variables = readDashboards().flatMap(({ templating }) => templating.list);
  const queries = variables.filter(({ type }) => type === 'query').map(({ query = '' }) => query);
  for (const server of stage.servers) {
    const complaints = async () => {
      const offers = queries.map(async (query) => {
        const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
        const values = await server.labelValues(filled(selector, choices), label);
        return values.length === 0 ? query : null;
      });
      return (await Promise.all(offers)).filter((query) => query !== null);
    };
    t.deepEqual(await untilNone(complaints, 15, scope), [], server.suite);
  }
});
