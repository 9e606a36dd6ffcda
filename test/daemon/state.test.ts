import test from 'ava';
import { Lifecycle, type ServiceState } from '../../daemon/state.js';

const fine = { state: 'fine' } as const;
const failed = { state: 'failed', reason: 'unmapped' } as const;

test('a reading that fails takes a running service to failed, and one that succeeds back', (t) => {
  const lifecycle = new Lifecycle();
  lifecycle.enter({ state: 'running' });
  t.false(lifecycle.follow(fine));
  t.true(lifecycle.follow(failed));
  t.deepEqual(lifecycle.now, failed);
  t.true(lifecycle.isServing);
  t.false(lifecycle.follow({ ...failed, reason: 'still' }), 'told once');
  t.true(lifecycle.follow(fine));
  t.deepEqual(lifecycle.now, { state: 'running' });
});

test('readings change nothing before it runs and after it was told to end', (t) => {
  for (const before of [[], ['draining'], ['running', 'draining'], ['draining', 'stopped']] as const) {
    const lifecycle = new Lifecycle();
    for (const state of before) t.true(lifecycle.enter({ state }));
    const { now } = lifecycle;
    for (const reading of [fine, failed]) t.false(lifecycle.follow(reading));
    t.is(lifecycle.now, now);
    t.false(lifecycle.isServing);
  }
});

test('a service that has failed can be told to end; one that has ended does nothing more', (t) => {
  const lifecycle = new Lifecycle();
  lifecycle.enter({ state: 'running' });
  lifecycle.follow(failed);
  t.true(lifecycle.enter({ state: 'draining' }));
  t.false(lifecycle.enter({ state: 'draining' }));
  t.true(lifecycle.enter({ state: 'stopped' }));
  const all: ServiceState[] = [{ state: 'starting' }, { state: 'running' }, failed, { state: 'draining' }];
  for (const state of all) t.false(lifecycle.enter(state));
});
