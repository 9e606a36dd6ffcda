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

const program = new URL('../../../src/cli/main.js', import.meta.url);
let runs = 0;

/** A stream that keeps what is written; what the command wrote is returned by the function. */
function keep(stream: NodeJS.WriteStream): () => string {
  let text = '';
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    for (const callback of rest) if (typeof callback === 'function') callback();
    return true;
  };
  return () => {
    const written = text;
    text = '';
    return written;
  };
}

const [takeStdout, takeStderr] = [keep(process.stdout), keep(process.stderr)];

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
  process.send?.(await run(words));
});
process.once('disconnect', () => process.exit(0));
