import test from 'ava';
import { VifscopeError } from '../../src/errors.js';
import { mostEvery, parseEvery, Sampling, sampleUpTo } from '../../src/journey/sampling.js';

test('one in N is that share of all contents, and each rate takes from what a lower N takes', (t) => {
  t.is(sampleUpTo(1), 2 ** 32 - 1);
  for (let every = 2; every <= mostEvery; every *= 2) {
    t.is((sampleUpTo(every) + 1) * every, 2 ** 32);
    t.true(sampleUpTo(every) < sampleUpTo(every / 2));
  }
  t.true(Math.abs((sampleUpTo(3) * 3) / 2 ** 32 - 1) < 1e-6);
});

test('a loss halves the rate each time it is told of', (t) => {
  const sampling = new Sampling(4, 10, 0);
  t.false(sampling.adapt(10, 20));
  t.true(sampling.adapt(11, 40));
  t.is(sampling.every, 8);
  t.true(sampling.adapt(500, 60));
  t.is(sampling.every, 16);
  t.false(sampling.adapt(500, 80), 'no new loss');
});

test('long without a loss, the rate comes back to what was asked for, and no further', (t) => {
  const sampling = new Sampling(4, 0, 0);
  sampling.adapt(1, 0);
  sampling.adapt(2, 0);
  t.is(sampling.every, 16);
  t.false(sampling.adapt(2, 9_999));
  t.true(sampling.adapt(2, 10_000));
  t.is(sampling.every, 8);
  t.false(sampling.adapt(2, 19_999));
  t.true(sampling.adapt(2, 20_000));
  t.false(sampling.adapt(2, 99_000));
  t.is(sampling.every, 4);
});

test('journeys evicted halve the rate too, but not for what came before the last change', (t) => {
  const sampling = new Sampling(1, 0, 0, 750);
  t.false(sampling.adapt(0, 740, 5), 'of before');
  t.false(sampling.adapt(0, 760, 5), 'none more');
  t.true(sampling.adapt(0, 780, 6));
  t.false(sampling.adapt(0, 1_500, 900));
  t.true(sampling.adapt(0, 1_540, 901));
  t.is(sampling.every, 4);
  t.true(sampling.adapt(1, 1_560, 901), 'a lost event counts at once');
  t.false(sampling.adapt(1, 11_550, 901));
  t.true(sampling.adapt(1, 11_570, 901));
});

test('however much is lost, something is followed', (t) => {
  const sampling = new Sampling(1, 0, 0);
  for (let lost = 1; lost < 100; lost++) sampling.adapt(lost, lost);
  t.is(sampling.every, mostEvery);
  t.true(sampleUpTo(sampling.every) > 0);
});

test('--journeys: whole numbers from 1', (t) => {
  t.is(parseEvery('1'), 1);
  t.is(parseEvery('64'), 64);
  for (const text of ['', '0', '-1', '1.5', '1e3', 'all', String(mostEvery + 1)])
    t.regex(
      t.throws(() => parseEvery(text), { instanceOf: VifscopeError })?.message ?? '',
      /1 follows every packet/,
      text,
    );
});
