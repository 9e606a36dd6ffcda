import { writeFileSync } from 'node:fs';
import test from 'ava';
import bcrypt from 'bcryptjs';
import fc from 'fast-check';
import { Passwords } from '../../../../daemon/http/web/passwords.js';
import { RateLimit } from '../../../../daemon/http/web/rateLimit.js';
import { temporaryDirectory } from '../support/certificates.js';
import { ask } from '../support/client.js';
import { plainRoutes, serve } from '../support/endpoint.js';

const hash = bcrypt.hashSync('correct', 4).replace('$2b$', '$2y$');
const users = new Map([['alice', hash]]);
const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

test('over HTTP: no password, a wrong one, the right one, and a changed one', async (t) => {
  const configFile = `${temporaryDirectory(t)}/web.yml`;
  writeFileSync(configFile, `basic_auth_users: {alice: "${hash}"}`);
  const options = { configFile, lookEveryMs: 1, listen: ['0.0.0.0:0'] };
  const { port, endpoint, log } = await serve(t, plainRoutes, options);
  const asked = (Authorization?: string) =>
    ask(port, '/metrics', Authorization === undefined ? {} : { headers: { Authorization } });
  const { status, headers } = await asked();
  t.deepEqual([status, headers['www-authenticate']], [401, 'Basic realm="vifscope", charset="UTF-8"']);
  t.is((await asked(basic('alice', 'wrong'))).status, 401);
  t.is((await ask(port, '/nothing')).status, 401, 'nor does anyone learn what there is');
  t.is((await asked(basic('alice', 'correct'))).status, 200);
  t.is((await asked(basic('alice', 'correct'))).status, 200);
  t.is(endpoint.counts.refused, 3);
  writeFileSync(configFile, `basic_auth_users: {alice: "${bcrypt.hashSync('changed', 4)}"}`);
  t.is((await asked(basic('alice', 'correct'))).status, 401);
  t.is((await asked(basic('alice', 'changed'))).status, 200);
  writeFileSync(configFile, '');
  t.is((await asked()).status, 401, 'the last protection of an open address is not taken away');
  t.notRegex(log.join(), /correct|changed|wrong/);
});

test('headers that hold no credentials', async (t) => {
  const passwords = new Passwords();
  const encoded = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  for (const header of [undefined, '', 'Basic', 'Bearer abc', 'Basic !!', encoded('alice'), encoded('')])
    t.is(await passwords.judge(users, header, 'a'), 'wrong');
});

test('a name that isn’t there is compared like one that is; what was right is not compared again', async (t) => {
  const compared: string[] = [];
  const passwords = new Passwords(async (password, against) => {
    compared.push(against);
    return bcrypt.compare(password, against);
  });
  t.is(await passwords.judge(users, basic('mallory', 'correct'), 'a'), 'wrong');
  t.is(await passwords.judge(users, basic('alice', 'wrong'), 'a'), 'wrong');
  t.is(await passwords.judge(users, basic('alice', 'correct'), 'a'), 'right');
  t.is(await passwords.judge(users, basic('alice', 'correct'), 'a'), 'right');
  t.deepEqual(compared, [hash, hash, hash]);
});

test('one comparison at a time, four wait, one of each client, and the rest are told so at once', async (t) => {
  let running = 0;
  let most = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const passwords = new Passwords(async () => {
    most = Math.max(most, ++running);
    await released;
    running--;
    return false;
  });
  const guess = (client: string, i: number) => passwords.judge(users, basic('alice', `${i}`), client);
  const waiting = [guess('a', 0), guess('b', 1)];
  t.is(await guess('a', 2), 'busy', 'before anything is released');
  waiting.push(guess('c', 3), guess('d', 4));
  t.is(await guess('e', 5), 'busy');
  release();
  t.deepEqual(await Promise.all(waiting), Array(4).fill('wrong'));
  t.is(most, 1);
  t.is(await guess('a', 6), 'wrong', 'there is room again');
});

test('who has come meanwhile is heard before a comparison takes the thread', async (t) => {
  const order: string[] = [];
  const passwords = new Passwords(async () => order.push('compared') === 0);
  const judged = [0, 1].map((i) => passwords.judge(users, basic('alice', 'wrong'), `${i}`));
  setImmediate(() => order.push('heard'));
  await judged[0];
  setImmediate(() => order.push('heard'));
  await judged[1];
  t.deepEqual(order, ['heard', 'compared', 'heard', 'compared']);
});

test('over HTTP: one client that guesses keeps no other waiting behind its guesses', async (t) => {
  const configFile = `${temporaryDirectory(t)}/web.yml`;
  // Some 200 ms a guess, with pauses in which others are heard.
  const slow = bcrypt.hashSync('correct', 11);
  writeFileSync(configFile, `basic_auth_users: {alice: "${slow}"}`);
  const { port } = await serve(t, plainRoutes, { configFile });
  const asked = async (password: string, localAddress: string) => {
    const headers = { Authorization: basic('alice', password) };
    return (await ask(port, '/metrics', { headers, localAddress })).status;
  };
  const guesses = Array.from({ length: 6 }, (_, i) => asked(`${i}`, '127.0.0.2'));
  t.is(await Promise.any(guesses), 503);
  t.is(await asked('correct', '127.0.0.1'), 200);
  t.deepEqual(new Set(await Promise.all(guesses)), new Set([401, 503]));
});

test('a comparison that fails fails its request alone', async (t) => {
  let isBroken = true;
  const passwords = new Passwords(async () => {
    if (isBroken) throw new Error('broken');
    return true;
  });
  await t.throwsAsync(passwords.judge(users, basic('alice', 'a'), 'a'), { message: 'broken' });
  isBroken = false;
  t.is(await passwords.judge(users, basic('alice', 'a'), 'a'), 'right');
});

test('in no span of time do more requests pass than the burst and one an interval', (t) => {
  const rate = fc.record({
    intervalMs: fc.integer({ min: 1, max: 1_000 }),
    burst: fc.integer({ min: 1, max: 20 }),
  });
  const waitsMs = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 });
  const keepsTo = fc.property(rate, waitsMs, (limits, waits) => {
    const limit = new RateLimit(limits, 0);
    let nowMs = 0;
    let passed = 0;
    for (const waitMs of waits) {
      nowMs += waitMs;
      if (limit.pass(nowMs)) passed++;
    }
    return passed <= limits.burst + nowMs / limits.intervalMs;
  });
  t.notThrows(() => fc.assert(keepsTo));
});

test('after a quiet time the burst passes, then one an interval', (t) => {
  const limit = new RateLimit({ intervalMs: 1_000, burst: 3 }, 0);
  const passed = [60_000, 60_000, 60_000, 60_000, 60_999, 61_000, 61_001].map((nowMs) => limit.pass(nowMs));
  t.deepEqual(passed, [true, true, true, false, false, true, false]);
});

test('over HTTP a rate is kept with 429', async (t) => {
  const configFile = `${temporaryDirectory(t)}/web.yml`;
  writeFileSync(configFile, 'rate_limit: {interval: 1h, burst: 2}');
  const { port } = await serve(t, plainRoutes, { configFile });
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await ask(port, '/metrics')).status);
  t.deepEqual(statuses, [200, 200, 429]);
});
