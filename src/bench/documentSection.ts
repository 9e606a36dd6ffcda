// What a benchmark writes into a document: the text between two marks. Pure.

/** The document with this text between the marks of that program. @throws Error where it has none */
export function withSection(document: string, program: string, text: string): string {
  const [begin, end] = [`<!-- ${program} -->\n`, `<!-- /${program} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`the document has no place for ${program}: ${begin.trim()} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
