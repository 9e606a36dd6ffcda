// YAML text as one document of maps, lists and plain values, or what keeps it from being one.
import { type Document, isPair, isScalar, Lexer, type Pair, parseDocument, visit } from 'yaml';
import type { Problem } from './problems.js';

export interface YamlText {
  readonly document: Document.Parsed;
  /** The document is of use only without any. */
  readonly problems: readonly Problem[];
  lineAt(offset: number): number;
}

/** A person writes less. It also bounds how deep a text can be nested by indentation: some 360 levels. */
export const mostYamlBytes = 64 * 1024;
/** Levels that are opened by brackets, or by dashes in one line. */
const mostDepth = 64;

export function parseYamlText(text: string): YamlText {
  const excess = excessIn(text);
  const document = parseDocument(excess === null ? text : '', {
    prettyErrors: false,
    uniqueKeys: false,
    // No tag and no %YAML makes anything else of a map: a Map, a Set and a Date have no keys for a check to see.
    schema: 'core',
    resolveKnownTags: false,
  });
  const mistake = excess ?? mistakeIn(document);
  return {
    document,
    problems: mistake === null ? misuseIn(document) : [mistake],
    lineAt: (offset) => text.slice(0, offset).split('\n').length,
  };
}

/** The key of a map, by which it is looked up and told. */
export const nameOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : '?');

/** What would make parsing go on for long or end the process. */
function excessIn(text: string): Problem | null {
  if (Buffer.byteLength(text) > mostYamlBytes)
    return {
      offset: 0,
      key: '',
      reason: `larger than ${mostYamlBytes} bytes`,
      remedy: 'leave most of it out',
    };
  const offset = offsetOfDepth(text);
  if (offset === null) return null;
  const reason = `nested more than ${mostDepth} levels deep`;
  return { offset, key: '', reason, remedy: 'write sections, keys and lists alone' };
}

/**
 * Where the text is nested too deep, or null. To be known before parsing, which goes down by recursion: an
 * exhausted stack is an exception at best, and where V8 compiles a regular expression just then, it ends the process.
 */
function offsetOfDepth(text: string): number | null {
  let offset = 0;
  let brackets = 0;
  let inLine = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets -= 1;
    else if (token === '-' || token === '?') inLine += 1;
    else if (token.includes('\n')) inLine = 0;
    if (brackets > mostDepth || inLine > mostDepth) return offset;
    // The lexer puts marks of its own before documents and scalars, which are not in the text.
    if (!marks.has(token)) offset += token.length;
  }
  return null;
}

/** @see yaml, parse/cst: BOM is in the text and is no mark */
const marks: ReadonlySet<string> = new Set(['\x02', '\x18', '\x1f']);

/** Only the first: what follows a mistake is read wrongly as well. */
function mistakeIn({ errors, warnings }: Document.Parsed): Problem | null {
  const [first] = [...errors, ...warnings];
  if (!first) return null;
  const at = { offset: first.pos[0], key: '' };
  return first.code === 'MULTIPLE_DOCS'
    ? { ...at, reason: 'a second document starts here', remedy: 'leave one document' }
    : {
        ...at,
        reason: `not YAML: ${first.message}`,
        remedy: 'correct it; a text that starts with one of * & ! % @ [ { needs quotes',
      };
}

/** What is YAML, and means something else than it seems to. */
function misuseIn(document: Document.Parsed): Problem[] {
  const problems: Problem[] = [];
  const add = (node: { range?: readonly number[] | null }, key: string, reason: string, remedy: string) =>
    problems.push({ offset: node.range?.[0] ?? 0, key, reason, remedy });
  visit(document, {
    Alias: (_, alias) => {
      add(alias, '', 'an alias, which is not taken here', 'put what starts with "*" in quotes');
    },
    Map: (_, { items }, above) => {
      const section = above.filter(isPair).map(nameOf);
      const names = new Set<string>();
      for (const pair of items) {
        const name = nameOf(pair);
        const key = [...section, name].join('.');
        const at = isScalar(pair.key) ? pair.key : {};
        // Checks of an object's keys pass over this one.
        if (name === '__proto__') add(at, key, 'no name that can be given here', 'choose another');
        if (names.has(name)) add(at, key, 'here twice', 'leave one of them');
        names.add(name);
      }
    },
  });
  return problems;
}
