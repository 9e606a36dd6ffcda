// The rules of Grafana's dashboard linter, written anew under the linter's names.
// In: a dashboard. Out: complaints; none when it keeps to the rule.
// See github.com/grafana/dashboard-linter, docs/index.md and lint/rules.go.
import * as units from '@grafana/grafana-foundation-sdk/units';
import { type Dashboard, type Panel, panelsOf, type Target, type Variable } from './dashboards.js';

type Complaint = string;
export type Convention = (dashboard: Dashboard) => readonly Complaint[];

export const conventions = {
  'template-datasource-rule': ({ templating }) =>
    templating.list.some(isSourceVariable) ? [] : ['no variable "datasource", labelled "Data source"'],
  'template-job-rule': (dashboard) => complaintsOfChoice(dashboard, 'job', 'Job'),
  'template-instance-rule': (dashboard) => complaintsOfChoice(dashboard, 'instance', 'Instance'),
  'template-label-promql-rule': eachQueryVariable(({ query = '' }) =>
    /^label_values\(\w+(\{[^}]*\})?, \w+\)$/.test(query),
  ),
  'template-on-time-change-reload': eachQueryVariable(({ refresh }) => refresh === 2),
  'panel-datasource-rule': eachPanel(
    ({ datasource, targets = [] }) =>
      isTemplated(datasource?.uid) && targets.every((target) => isTemplated(target.datasource?.uid)),
  ),
  'panel-title-description-rule': eachPanel(
    ({ title, description }) => Boolean(title) && Boolean(description),
  ),
  'panel-units-rule': eachPanel(({ fieldConfig }) => knownUnits.has(fieldConfig?.defaults.unit ?? '')),
  'panel-no-targets-rule': eachPanel(({ targets = [] }) => targets.length > 0),
  'target-rate-interval-rule': eachTarget(({ expr }) =>
    [...expr.matchAll(/\[([^\]]*)\]/g)].every(([, range]) => range === '$__rate_interval'),
  ),
  'target-job-rule': eachTarget(({ expr }) =>
    everySelector(expr, ({ matchers }) => matchers.includes('job=~"$job"')),
  ),
  'target-instance-rule': eachTarget(({ expr }) =>
    everySelector(expr, ({ matchers }) => matchers.includes('instance=~"$instance"')),
  ),
  'target-counter-agg-rule': eachTarget(({ expr }) =>
    everySelector(
      expr,
      ({ metric, call }) => !metric.endsWith('_total') || /^(rate|irate|increase)$/.test(call),
    ),
  ),
  'uneditable-dashboard': ({ editable }) => (editable === false ? [] : ['it can be edited']),
} satisfies Record<string, Convention>;

interface Selector {
  /** The function right around it, or "". */
  readonly call: string;
  readonly metric: string;
  readonly matchers: string;
}

/** The metrics of an expression that vifscope or its process exposes, with or without matchers. */
export const selectorsOf = (expression: string): Selector[] =>
  [...expression.matchAll(/(?:(\w+)\()?\b((?:vifscope|process|nodejs|up)[\w:]*)(?:\{([^}]*)\})?/g)].map(
    ([, call = '', metric = '', matchers = '']) => ({ call, metric, matchers }),
  );

const everySelector = (expression: string, holds: (selector: Selector) => boolean): boolean =>
  selectorsOf(expression).length > 0 && selectorsOf(expression).every(holds);

function eachPanel(holds: (panel: Panel) => boolean): Convention {
  return (dashboard) =>
    panelsOf(dashboard)
      .filter((panel) => !holds(panel))
      .map(({ id, title }) => `panel ${id} ${title}`);
}

function eachTarget(holds: (target: Target) => boolean): Convention {
  return (dashboard) =>
    panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
      targets.filter((target) => !holds(target)).map(({ refId }) => `${title}, ${refId}`),
    );
}

function eachQueryVariable(holds: (variable: Variable) => boolean): Convention {
  return ({ templating }) =>
    templating.list
      .filter((variable) => variable.type === 'query' && !holds(variable))
      .map(({ name }) => `variable ${name}`);
}

function complaintsOfChoice({ templating }: Dashboard, name: string, label: string): Complaint[] {
  const variable = templating.list.find((candidate) => candidate.name === name);
  const isRight =
    variable?.type === 'query' &&
    variable.label === label &&
    variable.multi === true &&
    variable.allValue === '.+' &&
    isTemplated(variable.datasource?.uid);
  return isRight
    ? []
    : [`no variable ${name} of many values, all of them by ".+", from the chosen data source`];
}

const isSourceVariable = ({ type, name, label, query }: Variable): boolean =>
  type === 'datasource' && name === 'datasource' && label === 'Data source' && query === 'prometheus';

const isTemplated = (uid = ''): boolean => /^\$(datasource|\{datasource\})$/.test(uid);

const knownUnits: ReadonlySet<unknown> = new Set(Object.values(units));
