import test from 'ava';
import { checkHooks } from '../../../src/cli/doctor.js';
import { type Hook, type HookStatus, hookNames } from '../../../src/kernel/hooks.js';

const without = (...missing: Hook[]): HookStatus[] =>
  hookNames.map((hook) =>
    missing.includes(hook)
      ? { hook, state: 'missing', reason: 'refused', remedy: 'none' }
      : { hook, state: 'attached', mechanism: 'tp_btf' },
  );

const segmentsLine = (statuses: readonly HookStatus[]) =>
  checkHooks(statuses).find(({ name }) => name === 'segments');

test('with every hook all segments are measured', (t) => {
  const line = segmentsLine(without());
  t.deepEqual([line?.state, line?.detail], ['ok', 'all are measured']);
});

test('a hook that some packets alone pass costs a part of a segment, and doctor says which', (t) => {
  const line = segmentsLine(without('tun_sendmsg'));
  t.is(line?.state, 'warning');
  t.regex(line?.detail ?? '', /inject; not inject of packets that vhost writes in batches$/);
  const both = segmentsLine(without('tun_sendmsg', 'napi_gro_receive_entry'))?.detail ?? '';
  t.regex(
    both,
    /not backlog of packets that GRO merges on a veth, inject of .*IFF_NAPI, inject of .*batches$/,
  );
});

test('of a segment that is lost as a whole no part is named', (t) => {
  const line = segmentsLine(without('tun_sendmsg', 'tun_get_user'));
  t.is(line?.detail, 'qdisc, driver, backlog, ring; not inject');
});
