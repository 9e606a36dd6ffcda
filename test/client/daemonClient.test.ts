import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { listenControl } from '../../daemon/control/listenControl.js';
import { errorAnswer, type Request, type Routes, textAnswer } from '../../daemon/http/answer.js';
import { snapshotQuery } from '../../daemon/http/snapshotQuery.js';
import { type DaemonClient, findDaemon } from '../../src/client/daemonClient.js';
import { snapshotEndPath, snapshotPath } from '../../src/client/protocol.js';
import { VifscopeError } from '../../src/errors.js';
import { snapshotJson } from '../../src/export/json.js';
import { sampleSnapshot } from '../export/sampleSnapshot.js';

const order = { durationSeconds: 0.5, include: [], exclude: [] };
const snapshot = sampleSnapshot({});
const json = (body: string) => ({ status: 200, contentType: 'application/json', body });

function socketPath(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-test-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 's');
}

async function clientOf(
  t: ExecutionContext,
  routes: Routes,
  answerSeconds = 10,
): Promise<{ client: DaemonClient; stop: () => Promise<void> }> {
  const path = socketPath(t);
  const endpoint = await listenControl({ path, routes, log: () => {}, limits: { graceMs: 20 } });
  t.teardown(() => endpoint.close());
  const client = await findDaemon(path, { answerSeconds, askAgainMs: 10 });
  if (client === null) throw new Error('the daemon is not found');
  return { client, stop: () => endpoint.close() };
}

/** A daemon of another make: what comes back for any request. */
async function strangerAt(t: ExecutionContext, onConnection: (socket: Socket) => void): Promise<string> {
  const path = socketPath(t);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return path;
}

test('there is no daemon where there is no socket, or nobody listens', async (t) => {
  const path = socketPath(t);
  t.is(await findDaemon(path), null);
  writeFileSync(path, 'no socket');
  t.is(await findDaemon(path), null);
  t.is(await findDaemon(join(path, 's')), null);
});

test('a snapshot comes back as it was taken, for what was asked', async (t) => {
  const asked: Request[] = [];
  const { client } = await clientOf(t, {
    [snapshotPath]: (request) => {
      asked.push(request);
      return json(snapshotJson(snapshot));
    },
  });
  const wish = { durationSeconds: 0.25, include: ['tap*', 'a b/ü&x'], exclude: ['{a,b}'] };
  t.deepEqual(await client.snapshot(wish), snapshot);
  const [request] = asked;
  const { id, ...read } = snapshotQuery(request?.query ?? new URLSearchParams());
  t.deepEqual(read, wish);
  t.regex(id ?? '', /^[\da-f]{24}$/);
});

test('the daemon’s own error is thrown here', async (t) => {
  const failure = { code: 'BUSY', operation: 'take', object: 'it', reason: 'full', remedy: 'wait' } as const;
  const { client } = await clientOf(t, { [snapshotPath]: () => errorAnswer(new VifscopeError(failure)) });
  const error = await t.throwsAsync(client.snapshot(order), { instanceOf: VifscopeError, code: 'BUSY' });
  t.deepEqual(error.failure, failure);
});

/** A route that measures until it is told to end, as the service does. */
function endable(delayBeforeKnownMs = 0) {
  const running = new Map<string, () => void>();
  const routes: Routes = {
    [snapshotPath]: async ({ query }) => {
      await new Promise((resolve) => setTimeout(resolve, delayBeforeKnownMs));
      await new Promise<void>((resolve) => running.set(query.get('id') ?? '', resolve));
      return json(snapshotJson(snapshot));
    },
    [snapshotEndPath]: ({ query }) => {
      const end = running.get(query.get('id') ?? '');
      end?.();
      return end ? textAnswer(200, 'ended') : textAnswer(404, 'unknown');
    },
  };
  return { routes, running };
}

test('an interval is ended early, and its snapshot still comes', async (t) => {
  const { routes, running } = endable();
  const { client } = await clientOf(t, routes);
  const early = new AbortController();
  const taken = client.snapshot({ ...order, durationSeconds: 3_600, signal: early.signal });
  while (running.size === 0) await new Promise((resolve) => setImmediate(resolve));
  early.abort();
  t.deepEqual(await taken, snapshot);
});

test('an end that comes before the order is asked for again', async (t) => {
  const { client } = await clientOf(t, endable(100).routes);
  const signal = AbortSignal.abort();
  t.deepEqual(await client.snapshot({ ...order, durationSeconds: 3_600, signal }), snapshot);
});

test('a daemon that never answers is waited for only so long', async (t) => {
  const { client } = await clientOf(t, { [snapshotPath]: () => new Promise(() => {}) }, 0.1);
  await t.throwsAsync(client.snapshot({ ...order, durationSeconds: 0.1 }), {
    code: 'FAILED',
    message: /no answer in time; see journalctl -u vifscope, or measure with sudo and --no-daemon/,
  });
  const signal = AbortSignal.abort();
  await t.throwsAsync(client.snapshot({ ...order, durationSeconds: 3_600, signal }), { code: 'FAILED' });
});

test('a daemon that ends in the middle is told at once', async (t) => {
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const { client, stop } = await clientOf(t, {
    [snapshotPath]: () => {
      isAsked();
      return new Promise(() => {});
    },
  });
  const failed = t.throwsAsync(client.snapshot({ ...order, durationSeconds: 3_600 }), {
    code: 'FAILED',
    message: /^cannot take a snapshot from the daemon at .*: socket hang up; see journalctl/,
  });
  await asked;
  await stop();
  await failed;
});

test('what no daemon of this version would answer', async (t) => {
  const answers: readonly [string, RegExp][] = [
    ['', /socket hang up|Parse Error/],
    ['nonsense\r\n\r\n', /Parse Error/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"version": 1', /aborted/],
    ['HTTP/1.1 200 OK\r\n\r\n', /no snapshot of version 1/],
    [`HTTP/1.1 200 OK\r\n\r\n${JSON.stringify({ ...snapshot, version: 2 })}`, /no snapshot of version 1/],
    [`HTTP/1.1 200 OK\r\n\r\n${JSON.stringify({ ...snapshot, segments: {} })}`, /no snapshot of version 1/],
    ['HTTP/1.1 404 Not Found\r\n\r\nnothing here', /answered with status 404/],
    ['HTTP/1.1 400 Bad Request\r\n\r\n{"error": {"code": "NEW"}}', /answered with status 400/],
  ];
  for (const [answer, message] of answers) {
    const path = await strangerAt(t, (socket) => socket.once('data', () => socket.end(answer)));
    const client = await findDaemon(path);
    await t.throwsAsync(
      async () => client?.snapshot(order),
      { instanceOf: VifscopeError, code: 'FAILED', message },
      answer,
    );
  }
});

const mayNot = 'who may not talk to the daemon is told what to do';
if (process.geteuid?.() !== 0) test.skip(`${mayNot} (skipped: not root)`, () => {});
else
  test(mayNot, async (t) => {
    const path = await strangerAt(t, () => {});
    execFileSync('chmod', ['0660', path]);
    execFileSync('chmod', ['0755', join(path, '..')]);
    const script = `import(${JSON.stringify(new URL('../../src/client/daemonClient.js', import.meta.url))})
      .then(({ findDaemon }) => findDaemon(${JSON.stringify(path)}))
      .catch((error) => console.log(error.exitCode, error.message))`;
    const options = { uid: 65_534, gid: 65_534, encoding: 'utf8', timeout: 20_000 } as const;
    t.regex(
      execFileSync(process.execPath, ['-e', script], options),
      /^4 cannot talk to the daemon at .*: this user may not \(EACCES\); join the group that owns .*, or measure with sudo and --no-daemon/,
    );
  });
