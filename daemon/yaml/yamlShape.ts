// YAML text of a known shape; what doesn't fit is told with its line and key, and never with its value, which may
// be a secret.
import { type Document, isMap, isNode, isSeq } from 'yaml';
import type { z } from 'zod';
import { refusalOf } from './problems.js';
import { nameOf, parseYamlText } from './yamlText.js';

export interface YamlSource {
  readonly path: string;
  readonly text: string;
  /** What to do about a value of a wrong shape. */
  readonly remedy: string;
}

/** @throws VifscopeError USAGE, with line and key of everything that is wrong; an empty file is an empty map */
export function parseYaml<T>({ path, text, remedy }: YamlSource, shape: z.ZodType<T>): T {
  const { document, problems, lineAt } = parseYamlText(text);
  if (problems.length > 0) throw refusalOf(path, problems, lineAt);
  const { data, error } = shape.safeParse(document.toJS() ?? {});
  if (!error) return data as T;
  const misfits = error.issues.flatMap(misfitsOf).map(({ keys, reason }) => {
    return { offset: offsetOf(document, keys), key: keys.join('.'), reason, remedy };
  });
  throw refusalOf(path, misfits, lineAt);
}

/** One for each key that is unknown, though they are one issue. */
function misfitsOf(issue: z.core.$ZodIssue): { keys: readonly string[]; reason: string }[] {
  const keys = issue.path.map(String);
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ keys: [...keys, key], reason: 'there is no such key' }))
    : [{ keys, reason: issue.message }];
}

/** Where the key stands, or the nearest thing around it that stands anywhere. */
function offsetOf(document: Document.Parsed, keys: readonly string[]): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const key of keys) {
    const found = entryOf(node, key);
    if (!isNode(found?.at)) break;
    offset = found.at.range?.[0] ?? offset;
    node = found.value;
  }
  return offset;
}

function entryOf(node: unknown, key: string): { at: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { at: node.items[Number(key)], value: node.items[Number(key)] };
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => nameOf(item) === key);
  return pair && { at: pair.key, value: pair.value };
}
