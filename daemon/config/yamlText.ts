// YAML text as one document, or the mistake that keeps it from being one.
import { type Document, Lexer, parseDocument } from 'yaml';
import type { Problem } from './problems.js';

export interface YamlText {
  readonly document: Document.Parsed;
  /** The document is of use only without one. */
  readonly mistake: Problem | null;
  lineAt(offset: number): number;
}

/** A person writes less. It also bounds how deep a text can be nested by indentation: some 360 levels. */
export const mostYamlBytes = 64 * 1024;
/** Levels that are opened by brackets, or by dashes in one line. */
const mostDepth = 64;

/** Keys that are there twice are left to the caller, who can tell their dotted names. */
export function parseYamlText(text: string): YamlText {
  const deep = offsetOfDepth(text);
  const document = parseDocument(deep === null ? text : '', { prettyErrors: false, uniqueKeys: false });
  return {
    document,
    mistake: deep === null ? mistakeIn(document) : tooDeep(deep),
    lineAt: (offset) => text.slice(0, offset).split('\n').length,
  };
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

const tooDeep = (offset: number): Problem => ({
  offset,
  key: '',
  reason: `nested more than ${mostDepth} levels deep`,
  remedy: 'write sections, keys and lists alone',
});

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
