// Names from outside (devices, namespaces, drop reasons) as text that can't steer a terminal.

/** What moves the cursor, hides, or reorders text, and the spaces that only look like one. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\\/gu;

/** The name with every such character as \x1b or \u{202e}, and a backslash doubled, so that no two look alike. */
export function printable(name: string): string {
  return name.replace(unprintable, (character) => {
    if (character === '\\') return '\\\\';
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
  });
}

/** At most this many characters, the last of them "…" where some are left out. */
export function clipped(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
