import test from 'ava';
import { within } from '../../src/bench/within.js';

const never = () => new Promise<never>(() => {});
const onLimit = () => new Error('too long');

test('gives the outcome of what it waits for', async (t) => {
  t.is(await within(Promise.resolve(7), { limitSeconds: 5, onLimit }), 7);
  const failing = Promise.reject(new Error('broken'));
  await t.throwsAsync(within(failing, { limitSeconds: 5, onLimit }), { message: 'broken' });
});

test('ends at its limit', async (t) => {
  await t.throwsAsync(within(never(), { limitSeconds: 0.01, onLimit }), { message: 'too long' });
});

test('ends when the signal aborts, before or meanwhile, with its reason', async (t) => {
  const controller = new AbortController();
  const bounds = { limitSeconds: 5, onLimit, signal: controller.signal };
  const waiting = within(never(), bounds);
  controller.abort(new Error('interrupted'));
  await t.throwsAsync(waiting, { message: 'interrupted' });
  await t.throwsAsync(within(never(), bounds), { message: 'interrupted' });
});
