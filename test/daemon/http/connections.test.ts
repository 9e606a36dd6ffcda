// Clients that are slow, greedy, rude or gone: each is cut off or refused, and others are served meanwhile.
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { ask, closed, hold, talk } from './support/client.js';
import { plainRoutes, serve } from './support/endpoint.js';

const slowHeaders = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: ';

test('500 slow clients that come back at once don’t keep a scraper out', async (t) => {
  const { port, endpoint } = await serve(t);
  const crowd = new Set<Socket>();
  const come = () => {
    const socket = connect(port, '127.0.0.1');
    crowd.add(socket);
    socket.on('error', () => {});
    socket.resume();
    socket.write(slowHeaders);
    socket.once('close', () => crowd.delete(socket) && come());
  };
  for (let i = 0; i < 500; i++) come();
  t.teardown(() => {
    const all = [...crowd];
    crowd.clear();
    for (const socket of all) socket.destroy();
  });
  const scraped: number[] = [];
  for (let i = 0; i < 20; i++) scraped.push((await ask(port, '/metrics')).status);
  t.deepEqual(scraped, Array(20).fill(200));
  t.true(endpoint.counts.turnedAway >= 500 - 64, `${endpoint.counts.turnedAway} turned away`);
});

test('a limit that is lowered holds from the next connection on, and a raised one too', async (t) => {
  const { port, endpoint } = await serve(t, plainRoutes, { limits: { maxConnections: 4 } });
  const held = [await hold(t, port), await hold(t, port), await hold(t, port), await hold(t, port)];
  const [first, second, third] = held.map(closed);
  endpoint.limitConnections(2);
  t.is(endpoint.counts.turnedAway, 0);
  t.is((await ask(port, '/metrics')).status, 200);
  await Promise.all([first, second, third]);
  t.is(endpoint.counts.turnedAway, 3);
  endpoint.limitConnections(5);
  await Promise.all([hold(t, port), hold(t, port), hold(t, port)]);
  t.is((await ask(port, '/metrics')).status, 200);
  t.is(endpoint.counts.turnedAway, 3);
});

test('who says nothing, or ever half a header, is cut off at the limit', async (t) => {
  const { port, endpoint } = await serve(t, plainRoutes, { limits: { requestMs: 100 } });
  await closed(await hold(t, port));
  const slow = await hold(t, port, slowHeaders);
  const drip = setInterval(() => slow.write('a'), 10);
  t.teardown(() => clearInterval(drip));
  await closed(slow);
  t.is(endpoint.counts.cutOff, 2);
});

test('an idle connection is kept for the next request, and closed at its limit without a count', async (t) => {
  const { port, endpoint } = await serve(t, plainRoutes, { limits: { requestMs: 5_000, idleMs: 1_000 } });
  const socket = await hold(t, port, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let answers = '';
  socket.on('data', (chunk) => {
    answers += chunk.toString();
    if (chunk.includes('up 1')) socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
  await closed(socket);
  t.is(answers.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
  t.deepEqual(endpoint.counts, { turnedAway: 0, cutOff: 0, refused: 0 });
});

test('a client that does not read its answer is cut off, and others are served meanwhile', async (t) => {
  const large = Buffer.alloc(32 * 1024 * 1024, 'x');
  const { port, endpoint } = await serve(
    t,
    {
      ...plainRoutes,
      '/large': () => ({ status: 200, contentType: 'text/plain', body: large }),
    },
    { limits: { unreadMs: 1_000 } },
  );
  const socket = await hold(t, port, 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.pause();
  t.is((await ask(port, '/metrics')).status, 200);
  const other = await ask(port, '/large');
  t.is(other.body.length, large.length, 'who reads gets all of it');
  while (endpoint.counts.cutOff === 0) await ask(port, '/metrics');
  await closed(socket);
  t.true(socket.bytesRead < large.length);
});

test('a full house of clients that don’t read lets a newcomer in', async (t) => {
  const large = Buffer.alloc(32 * 1024 * 1024, 'x');
  const { port, endpoint } = await serve(
    t,
    {
      ...plainRoutes,
      '/large': () => ({ status: 200, contentType: 'text/plain', body: large }),
    },
    { limits: { maxConnections: 3 } },
  );
  for (let i = 0; i < 3; i++) {
    const socket = await hold(t, port, 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('readable', resolve));
  }
  t.is((await ask(port, '/metrics')).status, 200);
  t.is(endpoint.counts.turnedAway, 1);
});

test('requests that are being handled are never cut for a newcomer', async (t) => {
  let begun = () => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { port, endpoint } = await serve(
    t,
    {
      '/wait': async () => {
        begun();
        await released;
        return { status: 200, contentType: 'text/plain', body: 'waited' };
      },
    },
    { limits: { maxConnections: 1 } },
  );
  const waiting = ask(port, '/wait');
  await isBegun;
  await closed(await hold(t, port));
  t.is(endpoint.counts.turnedAway, 1);
  release();
  t.is((await waiting).body, 'waited');
});

test('a header of 1 MB is refused with 431 and hurts nobody', async (t) => {
  const { port, endpoint } = await serve(t);
  const reply = await talk(
    port,
    `GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(2 ** 20)}\r\n\r\n`,
  );
  t.regex(reply, /^HTTP\/1\.1 431 /);
  t.is((await ask(port, '/metrics')).status, 200);
  t.deepEqual(endpoint.counts, { turnedAway: 0, cutOff: 0, refused: 1 });
});

test('what is no HTTP is refused with 400, or closed', async (t) => {
  const { port, endpoint } = await serve(t);
  for (const bytes of ['\x16\x03\x01 nonsense\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/1.1\r\nA B: c\r\n\r\n'])
    t.regex(await talk(port, bytes), /^HTTP\/1\.1 400 /, JSON.stringify(bytes));
  t.is(await talk(port, 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n'), '');
  t.is((await ask(port, '/metrics')).status, 200);
  t.is(endpoint.counts.refused, 3);
});

test('a request with a body is refused, and its connection closed', async (t) => {
  const { port } = await serve(t);
  const withBody = (header: string, body: string) =>
    talk(port, `GET /metrics HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n${body}`);
  t.regex(await withBody('Content-Length: 3', 'abc'), /^HTTP\/1\.1 413 /);
  t.regex(await withBody('Transfer-Encoding: chunked', '1\r\na\r\n0\r\n\r\n'), /^HTTP\/1\.1 413 /);
});

test('requests sent ahead of the answers are not all worked on', async (t) => {
  let asked = 0;
  const { port } = await serve(t, {
    '/slow': async () => {
      asked++;
      await new Promise((resolve) => setImmediate(resolve));
      return { status: 200, contentType: 'text/plain', body: '' };
    },
  });
  await talk(port, 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_000));
  t.is(asked, 1);
});

test('a client that only sends and then listens is answered', async (t) => {
  const { port } = await serve(t);
  const socket = connect(port, '127.0.0.1');
  socket.end('GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n');
  t.regex(await text(socket), /up 1\n$/);
});

test('a handler learns that its client has gone, and that it gives up then is no error', async (t) => {
  let learn = () => {};
  const learnt = new Promise<void>((resolve) => {
    learn = resolve;
  });
  const { port, log } = await serve(t, {
    ...plainRoutes,
    '/wait': ({ signal }) =>
      new Promise((_, reject) => {
        client.destroy();
        signal.addEventListener('abort', () => {
          learn();
          reject(signal.reason);
        });
      }),
  });
  const client = await hold(t, port, 'GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await learnt;
  t.is((await ask(port, '/metrics')).status, 200);
  t.deepEqual(log, []);
});
