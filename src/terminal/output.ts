// Standard output and its terminal: data goes to stdout, progress to stderr where a person watches.

export interface Terminal {
  /** Columns; Infinity where output goes to a file or pipe, or where they can't be told. */
  readonly width: number;
  /** Lines; Infinity likewise. */
  readonly height: number;
  readonly color: boolean;
}

export function terminalOf(stream: NodeJS.WriteStream = process.stdout): Terminal {
  const { isTTY, columns, rows } = stream;
  // Some terminals tell 0.
  const size = (lines: number | undefined) => (isTTY && lines ? lines : Number.POSITIVE_INFINITY);
  return { width: size(columns), height: size(rows), color: isTTY === true && !process.env.NO_COLOR };
}

/** A frame in the place of what the terminal shows; lines are overwritten and not blanked first, so that none flickers. */
export const redrawn = (frame: string): string => `\u001b[H${frame.replaceAll('\n', '\u001b[K\n')}\u001b[J`;

/** Resolves when the text has been handed over, so that an exit right after loses nothing. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}

let isClosed = false;

/** Nobody reads on. */
export const isOutputClosed = (): boolean => isClosed;

/** `vifscope … | head -1` closes our output early: no error, there is just nobody left to tell. */
export function survivesClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isClosed = true;
  });
}
