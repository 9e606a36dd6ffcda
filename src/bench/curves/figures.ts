// The curves as text. Pure.

export interface Point {
  readonly devices: number;
  readonly deviceSegments: number;
  readonly residentBytes: number;
  /** Between scrapes, of one core. */
  readonly cpuSecondsASecond: number;
  /** In the service: reading, text and compression. */
  readonly scrapeSeconds: number;
}

/** In the order of the table. */
const curves: readonly {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly of: (point: Point) => number;
}[] = [
  { title: 'resident', unit: 'MB', digits: 0, of: ({ residentBytes }) => residentBytes / 1e6 },
  {
    title: 'CPU between scrapes',
    unit: '% of a core',
    digits: 2,
    of: ({ cpuSecondsASecond }) => cpuSecondsASecond * 100,
  },
  { title: 'scrape', unit: 'ms', digits: 1, of: ({ scrapeSeconds }) => scrapeSeconds * 1e3 },
];

export function curvesText(points: readonly Point[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const heads = ['devices', 'device-segments', ...curves.map(({ title, unit }) => `${title}, ${unit}`)];
  const table = [
    row(heads),
    row(heads.map(() => '---')),
    ...points.map((point) =>
      row([
        String(point.devices),
        String(point.deviceSegments),
        ...curves.map(({ of, digits }) => of(point).toFixed(digits)),
      ]),
    ),
  ];
  const plots = curves.flatMap(({ title, unit, digits, of }) => [
    '',
    '```mermaid',
    'xychart-beta',
    `  title "${title}, ${unit}, by devices"`,
    `  x-axis [${points.map(({ devices }) => devices).join(', ')}]`,
    `  line [${points.map((point) => of(point).toFixed(digits)).join(', ')}]`,
    '```',
  ]);
  return `${[...table, ...plots].join('\n')}\n`;
}
