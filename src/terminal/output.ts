// Standard output and its terminal: data goes to stdout, progress to stderr where a person watches.

export interface Terminal {
  /** Columns; Infinity where output goes to a file or pipe. */
  readonly width: number;
  readonly color: boolean;
}

export function terminalOf(stream: NodeJS.WriteStream = process.stdout): Terminal {
  const isColorWanted = !process.env.NO_COLOR;
  return stream.isTTY
    ? { width: stream.columns, color: isColorWanted }
    : { width: Number.POSITIVE_INFINITY, color: false };
}

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
