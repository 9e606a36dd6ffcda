// The committed dashboards as tests look at them: only what is asserted, and each expression with its panel.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = join(packageRoot, 'grafana/json');

interface Source {
  readonly type?: string;
  readonly uid?: string;
}

export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly label?: string;
  readonly query?: string;
  readonly datasource?: Source;
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
}

export interface Target {
  readonly expr: string;
  readonly refId?: string;
  readonly legendFormat?: string;
  readonly datasource?: Source;
}

interface Override {
  readonly matcher: { readonly id: string; readonly options?: string };
  readonly properties: readonly { readonly id: string; readonly value?: string }[];
}

export interface Panel {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: Source;
  readonly targets?: readonly Target[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly Override[];
  };
}

export interface Dashboard {
  readonly title: string;
  readonly uid?: string;
  readonly editable?: boolean;
  readonly tags?: readonly string[];
  readonly links?: readonly { readonly type: string; readonly tags: readonly string[] }[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

export const readDashboards = (): Dashboard[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Dashboard);

export const panelsOf = ({ panels }: Dashboard): Panel[] => panels.filter(({ type }) => type !== 'row');

export interface PanelExpression {
  /** "vifscope / Path, In flight, A" */
  readonly where: string;
  readonly expression: string;
  /** Grafana's id of the unit in which this target is shown. */
  readonly unit: string;
}

export function expressionsOf(dashboard: Dashboard): PanelExpression[] {
  return panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({
      where: [dashboard.title, panel.title, target.refId].join(', '),
      expression: target.expr,
      unit: unitOf(panel, target),
    })),
  );
}

function unitOf({ fieldConfig }: Panel, { legendFormat }: Target): string {
  const override = fieldConfig?.overrides
    .find(({ matcher }) => matcher.id === 'byName' && matcher.options === legendFormat)
    ?.properties.find(({ id }) => id === 'unit');
  return override?.value ?? fieldConfig?.defaults.unit ?? '';
}

/** The expression as Grafana sends it: $name and ${name} replaced. Throws for a variable without a value. */
export const filled = (expression: string, values: Readonly<Record<string, string>>): string =>
  expression.replace(/\$(?:\{(\w+)\}|(\w+))/g, (variable, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ''];
    if (value === undefined) throw new Error(`no value for ${variable} in ${expression}`);
    return value;
  });
