import test from 'ava';
import fc from 'fast-check';
import { netnsName, netnsRoles, parseNetnsName } from '../../src/bench/namespaces.js';
import { pathNames } from '../../src/bench/path.js';

test('a name says whose it is', (t) => {
  const identities = fc.record({
    owner: fc.record({ pid: fc.nat(), startTicks: fc.nat(Number.MAX_SAFE_INTEGER) }),
    path: fc.constantFrom(...pathNames),
    role: fc.constantFrom(...netnsRoles),
  });
  fc.assert(
    fc.property(identities, (identity) => t.deepEqual(parseNetnsName(netnsName(identity)), identity)),
  );
});

test('names of others are left alone', (t) => {
  const others = [
    'blue',
    'vifscope',
    'vifscope-1-2-veth',
    'vifscope-1-veth-sink',
    'vifscope-1-2-wire-sink',
    'vifscope-x-2-veth-sink',
    'vifscope-1-2-veth-sink2',
    'my-vifscope-1-2-veth-sink',
  ];
  for (const name of others) t.is(parseNetnsName(name), null, name);
});
