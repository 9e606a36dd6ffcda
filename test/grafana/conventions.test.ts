import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { type Convention, conventions } from './support/conventions.js';
import { type Dashboard, packageRoot, panelsOf, readDashboards } from './support/dashboards.js';

interface Exclusions {
  readonly exclusions: Readonly<Record<string, { reason: string; entries: readonly { panel: string }[] }>>;
}

/** The linter's own file: what it may not complain of, and why. */
const { exclusions } = parse(readFileSync(join(packageRoot, 'grafana/json/.lint'), 'utf8')) as Exclusions;
const isExcluded = (rule: string, complaint: string): boolean =>
  exclusions[rule]?.entries.some(({ panel }) => complaint.startsWith(`${panel}, `)) ?? false;

const rules: readonly (readonly [string, Convention])[] = Object.entries(conventions);

for (const [rule, complaintsOf] of rules)
  test(`every dashboard keeps to ${rule}`, (t) => {
    const dashboards = readDashboards();
    t.is(dashboards.length, 4);
    for (const dashboard of dashboards)
      t.deepEqual(
        complaintsOf(dashboard).filter((complaint) => !isExcluded(rule, complaint)),
        [],
        dashboard.title,
      );
  });

test('every convention complains of a dashboard that keeps to none', (t) => {
  const bad: Dashboard = {
    title: 'bad',
    editable: true,
    templating: {
      list: [
        { type: 'datasource', name: 'source', query: 'prometheus' },
        { type: 'query', name: 'job', label: 'Job', query: 'values(up)', refresh: 1, allValue: '.*' },
      ],
    },
    panels: [
      {
        type: 'timeseries',
        gridPos: { x: 0, y: 0, w: 1, h: 1 },
        fieldConfig: { defaults: { unit: 'parsec' }, overrides: [] },
        targets: [{ expr: 'rate(up[5m]) + vifscope_scrapes_total{job=~"$job"} / up' }],
      },
      { type: 'stat', gridPos: { x: 0, y: 0, w: 1, h: 1 } },
    ],
  };
  for (const [rule, complaintsOf] of rules) t.not(complaintsOf(bad).length, 0, rule);
});

test('every exclusion is needed and has a reason', (t) => {
  for (const [rule, { reason, entries }] of Object.entries(exclusions)) {
    const complaints = rules
      .filter(([name]) => name === rule)
      .flatMap(([, complaintsOf]) => readDashboards().flatMap((dashboard) => complaintsOf(dashboard)));
    for (const { panel } of entries)
      t.true(
        complaints.some((c) => c.startsWith(`${panel}, `)),
        panel,
      );
    t.not(reason.length, 0);
  }
});

test('the dashboards lead to each other, at addresses that no other has', (t) => {
  const dashboards = readDashboards();
  t.deepEqual(dashboards.map(({ uid }) => uid).sort(), [
    'vifscope-health',
    'vifscope-journeys',
    'vifscope-overview',
    'vifscope-path',
  ]);
  for (const { tags = [], links = [] } of dashboards) {
    t.deepEqual(tags, ['vifscope']);
    t.true(links.some((link) => link.type === 'dashboards' && link.tags.join() === tags.join()));
  }
});

test('panels of a dashboard have numbers of their own, lie in the 24 columns and do not overlap', (t) => {
  for (const { panels } of readDashboards()) {
    t.is(new Set(panels.map(({ id }) => id)).size, panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    t.is(new Set(cells).size, cells.length);
    t.true(panels.every(({ gridPos: { x, w } }) => x + w <= 24));
  }
});

test('queries of a panel have letters of their own, and lines a legend', (t) => {
  for (const panel of readDashboards().flatMap(panelsOf)) {
    const targets = panel.targets ?? [];
    t.deepEqual(
      targets.map(({ refId }) => refId),
      [...'ABCDEFGH'].slice(0, targets.length),
    );
    t.true(
      targets.every(({ legendFormat }) => Boolean(legendFormat)),
      panel.title ?? '',
    );
  }
});

test('the provisioning files are of version 1, and name one folder of dashboards and one Prometheus', (t) => {
  const read = (kind: string): unknown =>
    parse(readFileSync(join(packageRoot, 'grafana/provisioning', kind, 'vifscope.yaml'), 'utf8'));
  t.like(read('dashboards'), { apiVersion: 1, providers: [{ type: 'file', allowUiUpdates: false }] });
  t.like(read('datasources'), { apiVersion: 1, datasources: [{ type: 'prometheus', isDefault: true }] });
});
