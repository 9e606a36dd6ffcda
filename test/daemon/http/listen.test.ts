import test from 'ava';
import { listenHttp } from '../../../daemon/http/listen.js';
import { VifscopeError } from '../../../src/errors.js';
import { ask, talk } from './support/client.js';
import { plainRoutes, portOf, serve, usual } from './support/endpoint.js';

const quiet = () => {};

test('a route answers, HEAD without the body, the landing page names it, and the rest is refused', async (t) => {
  const { port, endpoint } = await serve(t);
  const metrics = await ask(port, '/metrics?collect=all');
  t.deepEqual([metrics.status, metrics.body], [200, 'up 1\n']);
  t.is(metrics.headers['x-content-type-options'], 'nosniff');
  t.is(metrics.headers['cache-control'], 'no-store');
  const head = await ask(port, '/metrics', { method: 'HEAD' });
  t.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', '5']);
  t.regex((await ask(port, '/')).body, /<a href="\/metrics">/);
  t.is(endpoint.counts.refused, 0);

  const post = await ask(port, '/metrics', { method: 'POST' });
  t.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
  t.is((await ask(port, '/metrics', { headers: { 'Content-Length': 0 } })).status, 200);
  for (const path of ['/nothing', '/metrics/', '/constructor', '/__proto__', '//metrics', '/%6detrics'])
    t.is((await ask(port, path)).status, 404, path);
  t.is(endpoint.counts.refused, 7);
});

test('whether a client takes gzip', async (t) => {
  const { port } = await serve(t, {
    '/': ({ acceptsGzip }) => ({ status: 200, contentType: 'text/plain', body: String(acceptsGzip) }),
  });
  const asked = (encoding: string) => ask(port, '/', { headers: { 'Accept-Encoding': encoding } });
  for (const yes of ['gzip', 'deflate, GZIP;q=0.5', 'gzip;q=1.0,identity'])
    t.is((await asked(yes)).body, 'true', yes);
  for (const no of ['', 'identity', '*', 'gzip;q=0', 'br, gzip; q=0.000', 'xgzip'])
    t.is((await asked(no)).body, 'false', no);
});

test('a handler that throws is answered with 500 and logged, without telling the client why', async (t) => {
  const { port, log } = await serve(t, {
    '/now': () => {
      throw new Error('secret place');
    },
    '/later': async () => Promise.reject(new Error('secret place')),
    '/odd': () => ({ status: 200, contentType: 'text/plain', body: '', headers: { bad: 'a\nb' } }),
    '/fine': () => ({ status: 200, contentType: 'text/plain', body: 'fine' }),
  });
  for (const path of ['/now', '/later']) {
    const { status, body } = await ask(port, path);
    t.is(status, 500);
    t.notRegex(body, /secret/);
  }
  await t.throwsAsync(ask(port, '/odd'), undefined, 'a header that no answer may have');
  t.is(log.filter((line) => /^error: .*secret place/.test(line)).length, 2);
  t.is(log.length, 3);
  t.is((await ask(port, '/fine')).body, 'fine');
});

test('only names of this host are answered', async (t) => {
  const { port, endpoint } = await serve(t, plainRoutes, { allowedHosts: ['metrics.example.org'] });
  const asked = async (host: string) => (await ask(port, '/metrics', { headers: { Host: host } })).status;
  t.is(await asked(`localhost:${port}`), 200);
  t.is(await asked('Metrics.Example.org'), 200);
  t.is(await asked('evil.example.org'), 421);
  t.is(await asked('192.0.2.1'), 421);
  const two = ['Host: localhost', 'Host: evil.example.org'];
  for (const hosts of [two, two.toReversed(), ['Host: localhost', 'host: localhost']])
    t.regex(
      await talk(port, `GET /metrics HTTP/1.1\r\n${hosts.join('\r\n')}\r\nConnection: close\r\n\r\n`),
      /^HTTP\/1\.1 400 /,
    );
  t.is(endpoint.counts.refused, 5);
});

test('a taken port is told, with who to ask about it, and nothing stays bound', async (t) => {
  const { port } = await serve(t);
  const listen = ['127.0.0.2:0', `127.0.0.1:${port}`];
  const error = await t.throwsAsync(listenHttp({ ...usual, listen }, plainRoutes, quiet), {
    instanceOf: VifscopeError,
    code: 'FAILED',
    message: new RegExp(`^cannot listen on 127.0.0.1:${port}: .*EADDRINUSE.*ss -ltnp 'sport = :${port}'`),
  });
  t.notRegex(error.message, /\n/);
});

test('several addresses, IPv6 among them', async (t) => {
  const { endpoint } = await serve(t, plainRoutes, { listen: ['127.0.0.1:0', 'localhost:0'] });
  t.is(endpoint.addresses.length, 2);
  t.true(endpoint.addresses.every((address) => /^(127\.0\.0\.1|\[::1\]):[1-9]\d*$/.test(address)));
});

test('an address that others can reach needs TLS, a password, or permission', async (t) => {
  for (const address of ['0.0.0.0:0', '[::]:0', '192.0.2.7:9956', '[::ffff:192.0.2.7]:1'])
    await t.throwsAsync(listenHttp({ ...usual, listen: ['127.0.0.1:0', address] }, plainRoutes, quiet), {
      code: 'USAGE',
      message: `cannot listen on ${address}: other hosts can reach it, and there is neither TLS nor a password; set web.config_file, listen on 127.0.0.1, or set web.allow_unprotected: true`,
    });
  const endpoint = await listenHttp(
    { ...usual, listen: ['0.0.0.0:0'], allowUnprotected: true },
    plainRoutes,
    quiet,
  );
  t.teardown(() => endpoint.close());
  const hosts = { Host: '198.51.100.9' };
  t.is(
    (await ask(portOf(endpoint), '/metrics', { headers: hosts })).status,
    200,
    'a wildcard has any address',
  );
});

test('addresses that can’t be read', async (t) => {
  for (const address of ['9956', ':9956', '::1:9956', '[127.0.0.1]:1', '127.0.0.1:65536', 'a b:1', 'x:1:2'])
    await t.throwsAsync(listenHttp({ ...usual, listen: [address] }, plainRoutes, quiet), {
      code: 'USAGE',
      message: /write it like 127\.0\.0\.1:9956/,
    });
  await t.throwsAsync(listenHttp({ ...usual, listen: [`${'a'.repeat(64)}:1`] }, plainRoutes, quiet), {
    code: 'FAILED',
  });
});

test('closing lets a request under way end, cuts one that does not, and says no more to newcomers', async (t) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const begun: string[] = [];
  let onBegun = () => {};
  const bothBegun = new Promise<void>((resolve) => {
    onBegun = () => begun.length === 2 && resolve();
  });
  let isGone = false;
  const begin = (what: string) => {
    begun.push(what);
    onBegun();
  };
  const { port, endpoint } = await serve(t, {
    '/ends': async () => {
      begin('ends');
      await released;
      return { status: 200, contentType: 'text/plain', body: 'whole' };
    },
    '/hangs': ({ signal }) =>
      new Promise(() => {
        begin('hangs');
        signal.addEventListener('abort', () => {
          isGone = true;
        });
      }),
  });
  const ends = ask(port, '/ends');
  const hangs = t.throwsAsync(ask(port, '/hangs'), { code: 'ECONNRESET' });
  await bothBegun;
  const closing = endpoint.close();
  await t.throwsAsync(ask(port, '/ends'), { code: 'ECONNREFUSED' });
  release();
  const { body, headers } = await ends;
  t.deepEqual([body, headers.connection], ['whole', 'close']);
  await closing;
  await hangs;
  t.true(isGone);
});
