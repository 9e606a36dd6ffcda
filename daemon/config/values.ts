// From a YAML document to values by the table: defaults for what isn't there, problems for what doesn't fit.
import { type Document, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml';
import type { Problem } from '../yaml/problems.js';
import { nameOf } from '../yaml/yamlText.js';
import { nearestName } from './nearest.js';
import { configKeys, Key, type Table } from './table.js';

export type Values = { readonly [property: string]: unknown };

const knownNames = [...new Set(configKeys.flatMap(({ path }) => [path, path.replace(/\..*/, '')]))];

export class ValueReader {
  readonly problems: Problem[] = [];
  readonly #document: Document.Parsed;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  /** The values of all keys of the table; those with problems are undefined. */
  read(table: Table): Values {
    return this.#section(this.#document.contents, table, []);
  }

  #section(node: unknown, table: Table, path: readonly string[]): Values {
    const found = this.#pairs(node, path);
    const values = Object.entries(table).map(([property, entry]) => {
      const name = entry instanceof Key ? entry.name : property;
      const pair = found.get(name);
      found.delete(name);
      const place = [...path, name];
      return [
        property,
        entry instanceof Key ? this.#value(pair, entry, place) : this.#section(pair?.value, entry, place),
      ];
    });
    for (const [name, { key }] of found) this.#addUnknown(key, [...path, name].join('.'));
    return Object.fromEntries(values);
  }

  /** The pairs of a section by their names; a section of nothing but comments is there, and empty. */
  #pairs(node: unknown, path: readonly string[]): Map<string, Pair> {
    if (isMap(node)) return new Map(node.items.map((pair) => [nameOf(pair), pair]));
    if (isNode(node) && !(isScalar(node) && node.value === null))
      this.#add(node, path.join('.'), 'not a section', 'write keys and values below it, each "key: value"');
    return new Map();
  }

  #value(pair: Pair | undefined, { name, kind, byDefault }: Key, path: readonly string[]): unknown {
    const node = pair?.value;
    const content = isNode(node) ? node.toJS(this.#document) : null;
    const parsed = kind.shape.safeParse(pair ? content : byDefault);
    for (const { path: within, message } of parsed.error?.issues ?? []) {
      const item = isSeq(node) ? node.items[Number(within[0])] : undefined;
      this.#add(item ?? node ?? pair?.key, path.join('.'), message, `write it like ${name}: ${kind.example}`);
    }
    return parsed.data;
  }

  #addUnknown(node: unknown, key: string): void {
    const nearest = nearestName(key, knownNames);
    const remedy =
      nearest === null ? 'see docs/configuration.md for those there are' : `did you mean ${nearest}?`;
    this.#add(node, key, 'there is no such key', remedy);
  }

  #add(node: unknown, key: string, reason: string, remedy: string): void {
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    this.problems.push({ offset, key, reason, remedy });
  }
}
