// What all dashboards have in common: their variables, the links between them, and rows of panels.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  type DashboardLink,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { chosenSource, sourceVariable } from './source.js';

const tag = 'vifscope';

/** An empty dashboard with the variables datasource, job and instance; its uid is its address in Grafana. */
export const page = (uid: string, title: string, description: string): DashboardBuilder =>
  new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .readonly()
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .link(otherPages)
    .withVariable(new DatasourceVariableBuilder(sourceVariable).label('Data source').type('prometheus'))
    .withVariable(labelVariable('job', 'Job', 'vifscope_build_info'))
    .withVariable(labelVariable('instance', 'Instance', 'vifscope_build_info{job=~"$job"}'));

/** Values of a label to choose from: any number of them, all at first. */
export const labelVariable = (label: string, title: string, series: string): QueryVariableBuilder =>
  new QueryVariableBuilder(label)
    .label(title)
    .datasource(chosenSource)
    .query(`label_values(${series}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: ['All'], value: ['$__all'] });

export interface Row {
  /** null: the panels at the top of the page, in no row. */
  readonly title: string | null;
  /** A variable: one row for each of its chosen values. */
  readonly repeat?: string;
  readonly panels: readonly Builder<Panel>[];
}

/** The finished dashboard. Panels are numbered in order, so that the same sources give the same text. */
export function withRows(dashboard: DashboardBuilder, rows: readonly Row[]): Dashboard {
  for (const { title, repeat, panels } of rows) {
    if (title !== null) {
      const row = new RowBuilder(title);
      dashboard.withRow(repeat === undefined ? row : row.repeat(repeat));
    }
    for (const panel of panels) dashboard.withPanel(panel);
  }
  const built = dashboard.build();
  return { ...built, panels: built.panels?.map((panel, index) => ({ ...panel, id: index + 1 })) ?? [] };
}

/** By hand: the builder would put it into a menu that older releases of Grafana don't have. */
const otherPages: Builder<DashboardLink> = {
  build: () => ({
    title: 'vifscope',
    type: DashboardLinkType.Dashboards,
    icon: 'external link',
    tooltip: '',
    tags: [tag],
    asDropdown: false,
    targetBlank: false,
    includeVars: true,
    keepTime: true,
  }),
};
