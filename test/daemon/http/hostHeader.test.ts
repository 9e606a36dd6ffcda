import test from 'ava';
import { ownHost } from '../../../daemon/http/hostHeader.js';

const at = (...addresses: readonly string[]) =>
  ownHost({
    listen: addresses.map((address) => ({ host: address, address })),
    hostname: 'Bench1.example.org',
    allowedHosts: ['metrics.example.org', '203.0.113.5'],
  });

test('names of this host, with any port and in any case', (t) => {
  const isOwn = at('127.0.0.1');
  for (const host of [
    'localhost',
    'LOCALHOST:80',
    'bench1',
    'bench1.example.org.',
    'metrics.example.org:9956',
  ])
    t.true(isOwn(host), host);
  for (const host of [
    'example.org',
    'localhost.example.org',
    'bench2',
    'a localhost',
    'localhost:80:80',
    'x@localhost',
  ])
    t.false(isOwn(host), host);
  t.false(isOwn(undefined));
  t.false(isOwn(''));
});

test('addresses: loopback, those listened on, and any where all are', (t) => {
  const isOwn = at('127.0.0.1', '2001:db8::1', '192.0.2.1');
  for (const host of [
    '127.0.0.1',
    '127.9.9.9:1',
    '[::1]',
    '[0:0::1]:9',
    '192.0.2.1',
    '[2001:DB8:0::1]',
    '203.0.113.5',
  ])
    t.true(isOwn(host), host);
  for (const host of ['192.0.2.2', '[2001:db8::2]', '::1', '[127.0.0.1', '[zz]']) t.false(isOwn(host), host);
  for (const wildcard of ['0.0.0.0', '::']) {
    t.true(at(wildcard)('198.51.100.7:9956'));
    t.false(at(wildcard)('evil.example.org'));
  }
});

test('a zone of a link-local address does not matter', (t) => {
  t.true(at('fe80::1%eth0')('[fe80::1]'));
});
