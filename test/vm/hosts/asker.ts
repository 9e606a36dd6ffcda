// Child program: runs vifscope's own command line, again and again in one process, since a Node a command takes half a
// minute under emulation. Told what to run over Node's IPC channel.
import { giveUpCapabilities } from '../inside/processRights.js';

export interface Errand {
  readonly words: readonly string[];
  readonly isWithoutCapabilities: boolean;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Told = { readonly kind: 'measuring' } | { readonly kind: 'done'; readonly outcome: Outcome };

const program = new URL('../../../src/cli/main.js', import.meta.url);
let runs = 0;

const tell = (told: Told) => process.send?.(told);

/** Keeps what is written, but for what `isTaken` takes; the function returns what was kept, and forgets it. */
function keep(stream: NodeJS.WriteStream, isTaken: (text: string) => boolean = () => false): () => string {
  let kept = '';
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    if (!isTaken(text)) kept += text;
    for (const callback of rest) if (typeof callback === 'function') callback();
    return true;
  };
  return () => {
    const written = kept;
    kept = '';
    return written;
  };
}

// To a terminal, snapshot says when it has begun.
process.stderr.isTTY = true;
// Every run of the command line adds one.
process.stdout.setMaxListeners(0);
const takeStdout = keep(process.stdout);
const takeStderr = keep(process.stderr, (text) => {
  const isProgress = text.startsWith('measuring for ');
  if (isProgress) tell({ kind: 'measuring' });
  return isProgress;
});

/** The module of the command line ends when the command has: the query makes it another module each time. */
async function run(words: readonly string[]): Promise<Outcome> {
  process.argv = [process.execPath, program.pathname, ...words];
  await import(`${program.href}?${runs++}`);
  const exitCode = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { exitCode, stdout: takeStdout(), stderr: takeStderr() };
}

process.on('message', async ({ words, isWithoutCapabilities }: Errand) => {
  if (isWithoutCapabilities) giveUpCapabilities();
  tell({ kind: 'done', outcome: await run(words) });
});
process.once('disconnect', () => process.exit(0));
