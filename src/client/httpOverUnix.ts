// One GET over a unix socket, with a bound for everything: how long it takes, and how much is taken.
import { request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

const mostBytes = 256 * 1024 * 1024;

/**
 * @param signal ends the request; the promise is rejected with its reason
 * @throws Error when the connection fails, ends before the reply does, or the reply is too large
 */
export function getOverUnix(socketPath: string, path: string, signal: AbortSignal): Promise<Reply> {
  return new Promise<Reply>((resolve, reject) => {
    const asked = request({ socketPath, path, headers: { Host: 'localhost' }, agent: false });
    const abort = () => asked.destroy(signal.reason);
    asked.once('error', reject);
    asked.once('close', () => signal.removeEventListener('abort', abort));
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > mostBytes) asked.destroy(new Error(`more than ${mostBytes} bytes came`));
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    asked.end();
  });
}
