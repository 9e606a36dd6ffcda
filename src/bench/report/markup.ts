// Text into markup: nothing from a result, a host or a tool is trusted to be harmless.
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is safe to put together: made by `markup` alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

const textOf = (part: Part): string => {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  // A control character shows nothing, and some end a document.
  return String(part)
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign)
    .replace(/\p{Cc}/gu, '\uFFFD');
};

/** A template whose own words are markup and whose values are text. */
export const markup = (words: TemplateStringsArray, ...values: readonly Part[]): Markup =>
  new Markup(words.map((word, at) => word + (at < values.length ? textOf(values[at] ?? '') : '')).join(''));
