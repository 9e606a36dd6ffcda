// The few colours of the text outputs.

export interface Paint {
  /** Headings. */
  readonly strong: (text: string) => string;
  /** What should not have happened. */
  readonly alarm: (text: string) => string;
}

const controlSequence = '\u001b[';

/** @param color whether the reader is a terminal that may be coloured; without it text stays as it is */
export function paintFor(color: boolean): Paint {
  const between = (on: number, off: number) => (text: string) =>
    color ? `${controlSequence}${on}m${text}${controlSequence}${off}m` : text;
  return { strong: between(1, 22), alarm: between(31, 39) };
}
