// YAML text of a known shape; what doesn't fit is told with its line and key, and never with its value, which may
// be a secret.

import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { reasonOf, VifscopeError } from '../../../src/errors.js';

export interface YamlSource {
  readonly path: string;
  readonly text: string;
  /** What to do about anything wrong in it. */
  readonly remedy: string;
}

/** @throws VifscopeError USAGE, of the first thing that is wrong */
export function parseYaml<T>({ path, text, remedy }: YamlSource, shape: z.ZodType<T>): T {
  const lines = new LineCounter();
  const refuse = (offset: number, reason: string, cause?: unknown) =>
    refusal(`${path}:${lines.linePos(offset).line}`, reason, remedy, cause);
  const { document, content } = opened(text, lines, (error) =>
    refuse(0, `not YAML: ${reasonOf(error)}`, error),
  );
  const [mistake] = document.errors;
  if (mistake !== undefined) throw refuse(mistake.pos[0], `not YAML: ${mistake.message}`);
  const { data, error } = shape.safeParse(content);
  const issue = error?.issues[0];
  if (issue === undefined) return data as T;
  const isUnknown = issue.code === 'unrecognized_keys';
  const keys = [...issue.path, ...(isUnknown ? issue.keys.slice(0, 1) : [])].map(String);
  const reason = isUnknown ? 'there is no such key' : issue.message;
  throw refuse(offsetOf(document, keys), keys.length === 0 ? reason : `${keys.join('.')}: ${reason}`);
}

/** An empty file is an empty map. Too many aliases throw, since each may multiply the others, and so does depth. */
function opened(text: string, lineCounter: LineCounter, failure: (error: unknown) => Error) {
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false });
    return { document, content: (document.toJS() as unknown) ?? {} };
  } catch (error) {
    throw failure(error);
  }
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
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return pair && { at: pair.key, value: pair.value };
}

const refusal = (object: string, reason: string, remedy: string, cause: unknown): VifscopeError =>
  new VifscopeError({ code: 'USAGE', operation: 'read', object, reason, remedy, cause });
