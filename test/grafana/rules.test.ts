import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { expressionsOf, filled, packageRoot, readDashboards } from './support/dashboards.js';
import { releaseTest } from './support/prometheusServer.js';

const folder = join(packageRoot, 'grafana/rules');
const rulesFile = join(folder, 'vifscope.rules.yaml');
const testFile = join(folder, 'vifscope.rules.test.yaml');

interface Rules {
  readonly groups: readonly { readonly rules: readonly RuleOf[] }[];
}

interface RuleOf {
  readonly record?: string;
  readonly alert?: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly description?: string };
}

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
}

const { groups } = parse(readFileSync(rulesFile, 'utf8')) as Rules;
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);

releaseTest('promtool takes the rules, and they do what their tests say', (t, { promtool }) => {
  t.notThrows(() => execFileSync(promtool, ['check', 'rules', '--lint-fatal', rulesFile], { stdio: 'pipe' }));
  t.notThrows(() => execFileSync(promtool, ['test', 'rules', testFile], { stdio: 'pipe' }));
});

releaseTest('target-promql-rule: every expression of every panel is PromQL', (t, { promtool }) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-promql-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const expressions = readDashboards().flatMap(expressionsOf);
  const check = (texts: readonly string[]) => {
    const file = join(directory, 'expressions.yaml');
    const numbered = texts.map((expr, at) => ({ record: `panel:expression:${at}`, expr }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules: numbered }] }));
    execFileSync(promtool, ['check', 'rules', file], { stdio: 'pipe' });
  };
  const names = ['job', 'instance', 'kind', 'netns', 'device', 'segment', 'leg', 'from', 'to'];
  const variables = Object.fromEntries(names.map((name) => [name, 'a']));
  const texts = expressions.map(({ expression }) =>
    filled(expression, { ...variables, __rate_interval: '1m' }),
  );
  t.notThrows(() => check(texts));
  t.throws(() => check([...texts, 'sum(rate(up[1m])']));
});

test('every alert says what, where and how bad', (t) => {
  t.true(alerts.length > 0);
  for (const { alert, labels, annotations } of alerts) {
    t.regex(labels?.severity ?? '', /^(critical|warning|info)$/, alert ?? '');
    t.regex(annotations?.summary ?? '', /\{\{ \$labels\.instance \}\}/, alert ?? '');
    t.truthy(annotations?.description, alert ?? '');
  }
});

test('recording rules are named level:metric:operations', (t) => {
  for (const { record } of rules)
    if (record !== undefined) t.regex(record, /^[a-z_]+:vifscope_[a-z_]+:[a-z0-9_]+$/);
});

test('every alert has a case in which it fires', (t) => {
  const { tests } = parse(readFileSync(testFile, 'utf8')) as RuleTests;
  const cases = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  const firing = cases.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname);
  t.deepEqual([...new Set(firing)].sort(), alerts.map(({ alert }) => alert ?? '').sort());
});
