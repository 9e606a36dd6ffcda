import test from 'ava';
import fc from 'fast-check';
import { specialShard } from '../../../src/abi/layout.js';
import { ShardPool } from '../../../src/kernel/shardPool.js';

test('runs never overlap, never touch the special shards, and leave no room unused', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 80 }),
      fc.array(fc.integer({ min: 1, max: 5 })),
      (shards, lengths) => {
        const pool = new ShardPool(shards);
        const given = new Set<number>();
        for (const length of lengths) {
          const first = pool.allocate(length);
          const free = shards - specialShard.n - given.size;
          // Nothing is ever given back, so what is free lies in one run at the end.
          if (first === null) {
            t.true(free < length);
            continue;
          }
          for (let shard = first; shard < first + length; shard++) {
            t.true(shard >= specialShard.n && shard < shards && !given.has(shard));
            given.add(shard);
          }
        }
      },
    ),
  );
});

test('a pool of special shards alone gives nothing', (t) => {
  t.is(new ShardPool(specialShard.n).allocate(1), null);
});
