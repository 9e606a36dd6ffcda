import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { elfSection } from '../../../src/abi/elf.js';
import { VifscopeError } from '../../../src/errors.js';
import { bpfObjectPathHere } from '../../../src/kernel/bpfObjects.js';
import { Measurement } from '../../../src/measurement.js';
import { account, learn } from '../devices/figures.js';
import { listen, sender } from '../devices/flow.js';
import { groundTest } from '../devices/ground.js';
import { addPair, rightAddress } from '../devices/links.js';
import { assertBalanced } from '../support/lines.js';

/** r0 = 0, where a program's "exit" was: it runs on into nothing. */
const noExit = Buffer.from([0xb7, 0, 0, 0, 0, 0, 0, 0]);
const verifierWords = /last insn is not an exit or jmp/;

const tracepoints = [
  'net_dev_queue',
  'net_dev_start_xmit',
  'net_dev_xmit',
  'netif_receive_skb_entry',
  'netif_receive_skb',
  'napi_gro_receive_entry',
  'skb_copy_datagram_iovec',
  'kfree_skb',
];

/** A copy of the object whose programs in these sections have no end: no verifier takes them. */
function brokenObject(t: ExecutionContext, sections: readonly string[]): string {
  const object = readFileSync(bpfObjectPathHere());
  for (const name of sections) {
    const code = elfSection(object, name);
    if (code === null) throw new Error(`no section ${name}`);
    code.set(noExit, code.length - noExit.length);
  }
  return fileOf(t, object);
}

function fileOf(t: ExecutionContext, bytes: Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-object-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'programs.bpf.o');
  writeFileSync(path, bytes);
  return path;
}

function refusal(t: ExecutionContext, objectPath: string): VifscopeError {
  const error = t.throws(() => Measurement.start({ objectPath }).close());
  if (!(error instanceof VifscopeError)) throw new Error(`not one of ours: ${error?.stack}`);
  t.notRegex(error.message, /\n {4}at /);
  return error;
}

groundTest(
  'a program that the verifier refuses is left out with its words, the rest measures',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
    listen(ground, b);
    const send = sender(ground, a, rightAddress(1));
    const measurement = ground.measure({ objectPath: brokenObject(t, ['tp_btf/net_dev_queue']) });
    await learn(measurement, [`${a}/v0`, `${b}/v1`], () => send(1));
    measurement.restart();
    send(5);
    await measurement.finish();
    const snapshot = measurement.snapshot();
    const missing = snapshot.hooks.filter(
      ({ hook, state }) => state === 'missing' && !hook.startsWith('tun_'),
    );
    t.deepEqual(
      missing.map(({ hook }) => hook),
      ['net_dev_queue'],
    );
    t.regex(missing[0]?.reason ?? '', verifierWords, "the verifier's own words");
    t.is(account(snapshot, `${a}/v0`, 'qdisc').started, 0);
    t.like(account(snapshot, `${b}/v1`, 'backlog'), { started: 5, matched: 5 });
    assertBalanced(t, snapshot);
  },
);

groundTest('an object of which the verifier refuses every program', async (t) => {
  const functions = ['tun_get_user', 'tun_sendmsg'].flatMap((f) => [`fentry/${f}`, `kprobe/${f}`]);
  const sections = [...tracepoints.map((name) => `tp_btf/${name}`), ...functions];
  const error = refusal(t, brokenObject(t, sections));
  t.is(error.exitCode, 4);
  t.regex(error.message, /^cannot attach any hook: /);
  t.regex(error.message, verifierWords, 'the cause, not what another kernel would refuse as well');
});

groundTest('an object whose program for looking at devices is refused', async (t) => {
  const error = refusal(t, brokenObject(t, ['tp_btf/task_rename']));
  t.is(error.exitCode, 4);
  t.regex(error.message, verifierWords);
});

groundTest('files that are no BPF object', async (t) => {
  const object = readFileSync(bpfObjectPathHere());
  const files = [
    fileOf(t, new Uint8Array(0)),
    fileOf(t, Buffer.from('#!/bin/sh\nexit 0\n')),
    fileOf(t, object.subarray(0, 1000)),
    fileOf(t, object.subarray(0, object.length / 2)),
    fileOf(t, readFileSync(process.execPath).subarray(0, 65_536)),
    '/no/such/object.bpf.o',
    tmpdir(),
  ];
  for (const path of files) {
    const error = refusal(t, path);
    t.is(error.code, 'FAILED', error.message);
    t.true(error.message.includes(path));
    t.regex(error.message, /reinstall/);
    t.notRegex(error.message, /unknown error/, "libbpf's own numbers have words too");
  }
});
