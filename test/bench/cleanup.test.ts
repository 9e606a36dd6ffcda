import test from 'ava';
import { Cleanup } from '../../src/bench/cleanup.js';
import { VifscopeError } from '../../src/errors.js';

function recorded() {
  const done: string[] = [];
  const cleanup = new Cleanup();
  const add = (name: string, fails = false) =>
    cleanup.add(name, async () => {
      done.push(name);
      if (fails) throw new Error(`${name} broke`);
    });
  return { cleanup, done, add };
}

test('steps run last first', async (t) => {
  const { cleanup, done, add } = recorded();
  for (const name of ['a', 'b', 'c']) add(name);
  await cleanup.run();
  t.deepEqual(done, ['c', 'b', 'a']);
});

test('every step runs even where others fail, and all failures are named', async (t) => {
  const { cleanup, done, add } = recorded();
  add('a', true);
  add('b');
  add('c', true);
  const error = await t.throwsAsync(cleanup.run(), { instanceOf: VifscopeError });
  t.deepEqual(done, ['c', 'b', 'a']);
  t.is(error?.failure.object, 'c, a');
  t.is(error?.failure.reason, 'c broke; a broke');
});

test('a second run does nothing more, and callers may share one', async (t) => {
  const { cleanup, done, add } = recorded();
  add('a');
  await Promise.all([cleanup.run(), cleanup.run()]);
  await cleanup.run();
  t.deepEqual(done, ['a']);
});

test('a step undone early is not run again', async (t) => {
  const { cleanup, done, add } = recorded();
  const undo = add('a');
  add('b');
  await undo();
  await undo();
  await cleanup.run();
  t.deepEqual(done, ['a', 'b']);
});

test('nothing can be registered once clean-up has begun', async (t) => {
  const { cleanup, add } = recorded();
  await cleanup.run();
  t.throws(() => add('late'), { message: /too late to late/ });
});
