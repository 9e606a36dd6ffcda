// The kinds of panel that the dashboards are made of.
// In: words, a unit of Grafana's and expressions. Out: panels that read from the chosen data source.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  LegendDisplayMode,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import * as xychart from '@grafana/grafana-foundation-sdk/xychart';
import { chosenSource } from './source.js';

export interface Query {
  readonly expression: string;
  /** With labels in braces: "{{device}}". */
  readonly legend: string;
}

export interface PanelSpec {
  readonly title: string;
  /** What the figures are, and what it means when they are high. */
  readonly description: string;
  /** An id of Grafana's: s, pps, bytes, percentunit, short … */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of the 24 columns of the page. */
  readonly columns: number;
}

const rows = { figure: 4, graph: 8 } as const;

/** Lines over time. */
export const graph = (spec: PanelSpec): timeseries.PanelBuilder =>
  framed(new timeseries.PanelBuilder(), spec, rows.graph)
    .targets(targets(spec.queries))
    .fillOpacity(10)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).showLegend(true).calcs([]))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));

/** Waits over time: from nanoseconds to seconds on one axis. */
export const waitGraph = (spec: Omit<PanelSpec, 'unit'>): timeseries.PanelBuilder =>
  graph({ ...spec, unit: 's' })
    .scaleDistribution(logarithmic())
    .fillOpacity(0);

/** The latest value as a figure. */
export const figure = (spec: PanelSpec): stat.PanelBuilder =>
  framed(new stat.PanelBuilder(), spec, rows.figure)
    .targets(targets(spec.queries))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));

/** The labels of the latest series, one row each; `columns` names those shown. */
export const labelTable = (spec: PanelSpec, labels: readonly string[]): table.PanelBuilder =>
  framed(new table.PanelBuilder(), spec, rows.graph)
    .targets(targets(spec.queries).map((query) => query.format(PromQueryFormat.Table).instant()))
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names: [...labels] } } });

/** A histogram's buckets over time; the unit is that of a bucket's bound. */
export const heat = (spec: PanelSpec): heatmap.PanelBuilder =>
  framed(new heatmap.PanelBuilder(), { ...spec, unit: 'short' }, rows.graph)
    .targets(targets(spec.queries).map((query) => query.format(PromQueryFormat.Heatmap)))
    .calculate(false)
    .color(colours())
    .yAxis(new heatmap.YAxisConfigBuilder().unit(spec.unit))
    .tooltip(new heatmap.HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true));

/** One point a moment: the first query is the x axis, in its own unit; the second is the y axis. */
export const scatter = (spec: PanelSpec, x: Query & { readonly unit: string }): xychart.PanelBuilder =>
  framed(new xychart.PanelBuilder(), spec, rows.graph)
    .targets(targets([x, ...spec.queries]))
    // XY charts take the first number of a frame as x: the two queries become one frame.
    .withTransformation({ id: 'joinByField', options: { byField: 'Time', mode: 'outer' } })
    .mapping(xychart.SeriesMapping.Auto)
    .show(xychart.XYShowMode.Points)
    .overrideByName(x.legend, [{ id: 'unit', value: x.unit }]);

interface Framed<T> {
  title(title: string): T;
  description(description: string): T;
  unit(unit: string): T;
  datasource(source: typeof chosenSource): T;
  span(columns: number): T;
  height(rows: number): T;
}

const framed = <T extends Builder<Panel> & Framed<T>>(panel: T, spec: PanelSpec, height: number): T =>
  panel
    .title(spec.title)
    .description(spec.description)
    .unit(spec.unit)
    .datasource(chosenSource)
    .span(spec.columns)
    .height(height);

/** Named A, B, C … as Grafana does. */
const targets = (queries: readonly Query[]): DataqueryBuilder[] =>
  queries.map(({ expression, legend }, index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .expr(expression)
      .legendFormat(legend)
      .datasource(chosenSource),
  );

/** The builder's own are all zero. */
const colours = (): heatmap.HeatmapColorOptionsBuilder =>
  new heatmap.HeatmapColorOptionsBuilder()
    .mode(heatmap.HeatmapColorMode.Scheme)
    .scheme('Oranges')
    .fill('dark-orange')
    .exponent(0.5)
    .steps(64);

const logarithmic = (): ScaleDistributionConfigBuilder =>
  new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10);
