// From a YAML document to values by the table: defaults for what isn't there, problems for what doesn't fit.
import { type Document, isMap, isNode, isScalar, isSeq, type Pair, visit } from 'yaml';
import { nearestName } from './nearest.js';
import type { Problem } from './problems.js';
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
    visit(this.#document, {
      Alias: (_, alias) =>
        this.#add(alias, '', 'an alias, which is not taken here', 'put what starts with "*" in quotes'),
    });
    return this.problems.length === 0 ? this.#section(this.#document.contents, table, []) : {};
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
    const found = new Map<string, Pair>();
    if (!isNode(node) || (isScalar(node) && node.value === null)) return found;
    if (!isMap(node)) {
      this.#add(node, path.join('.'), 'not a section', 'write keys and values below it, each "key: value"');
      return found;
    }
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : '?';
      if (found.has(name)) this.#add(pair.key, [...path, name].join('.'), 'here twice', 'leave one of them');
      found.set(name, pair);
    }
    return found;
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
