// The one table of what vifscope is held against: the floor, the obvious designs, the tools in use.
import { fileURLToPath } from 'node:url';
import { bpfObjectPath } from '../../kernel/bpfObjects.js';
import { BpfObject } from '../../libbpf/object.js';
import { hooksBesideBacklog } from '../cost/variants.js';
import type { LoadGround } from '../overhead/load.js';
import { vifscopeOn } from '../overhead/observers.js';
import type { Attached } from '../overhead/turns.js';
import type { Scope } from '../scope.js';
import { type ExternalTool, startExternal } from './external.js';

export const observerNames = [
  'off',
  'empty',
  'clock',
  'backlog',
  'vifscope',
  'hash',
  'ring',
  'bpftrace',
  'tcpdump',
  'perf',
] as const;
export type ObserverName = (typeof observerNames)[number];

export interface Watching extends Attached {
  /** Whose BPF programs do the work; null for a tool without. */
  readonly programsPid: number | null;
}

interface Row {
  readonly title: string;
  /** Of others: it may be absent. */
  readonly isTool?: true;
  readonly attach: (ground: LoadGround, scope: Scope) => Promise<Watching>;
}

/** Where a packet's wait on a veth pair begins and ends. */
const [startHook, endHook] = ['net_dev_start_xmit', 'netif_receive_skb'] as const;
const script = fileURLToPath(new URL('../../../../src/bench/peers/veth.bt', import.meta.url));

export const bpftraceTool: ExternalTool = { command: ['bpftrace', '-q', script], ready: /^ready$/m };

const perfTool: ExternalTool = {
  command: [
    'perf',
    'record',
    '-q',
    '-a',
    '-o',
    '/dev/null',
    '-e',
    `net:${startHook}`,
    '-e',
    `net:${endHook}`,
  ],
  ready: null,
};

const tcpdumpOn = ({ path }: LoadGround): ExternalTool => ({
  command: [
    ...['ip', 'netns', 'exec', path.sinkNetns],
    ...['tcpdump', '-n', '-i', path.devices.at(-1)?.device ?? '', '-s', '64', '-w', '/dev/null'],
  ],
  ready: /listening on/,
});

export const observers: Readonly<Record<ObserverName, Row>> = {
  off: {
    title: 'nothing',
    attach: () => Promise.resolve({ programsPid: null, end: () => Promise.resolve(null) }),
  },
  empty: { title: 'empty programs on two hooks', attach: () => ours('floor', 'empty') },
  clock: { title: 'two clock reads', attach: () => ours('floor', 'clock') },
  backlog: {
    title: 'vifscope, backlog alone',
    attach: async (ground, scope) => ({
      ...(await vifscopeOn(ground, scope, hooksBesideBacklog).attach()),
      programsPid: process.pid,
    }),
  },
  vifscope: {
    title: 'vifscope, all segments',
    attach: async (ground, scope) => ({
      ...(await vifscopeOn(ground, scope).attach()),
      programsPid: process.pid,
    }),
  },
  hash: { title: 'hash map keyed by skb', attach: () => ours('naive', 'hash') },
  ring: { title: 'ring event a hook, unread', attach: () => ours('naive', 'ring') },
  bpftrace: {
    title: 'bpftrace script',
    isTool: true,
    attach: (_, scope) => external('bpftrace', bpftraceTool, scope, true),
  },
  tcpdump: {
    title: 'tcpdump, 64 bytes to /dev/null',
    isTool: true,
    attach: (ground, scope) => external('tcpdump', tcpdumpOn(ground), scope, false),
  },
  perf: {
    title: 'perf record, to /dev/null',
    isTool: true,
    attach: (_, scope) => external('perf', perfTool, scope, false),
  },
};

/** Programs of the project's own folder, on the two hooks. */
async function ours(objectName: string, prefix: string): Promise<Watching> {
  const object = BpfObject.open(bpfObjectPath(objectName));
  try {
    const programs = [startHook, endHook].map((hook) => `${prefix}_${hook}`);
    for (const program of programs) object.select(program);
    object.load();
    for (const program of programs) object.attach(program);
  } catch (error) {
    object.close();
    throw error;
  }
  return {
    programsPid: process.pid,
    end: () => {
      object.close();
      return Promise.resolve(null);
    },
  };
}

async function external(
  name: string,
  tool: ExternalTool,
  scope: Scope,
  hasPrograms: boolean,
): Promise<Watching> {
  const running = await startExternal(name, tool, scope);
  return {
    programsPid: hasPrograms ? running.pid : null,
    end: async () => {
      const how = running.howEnded();
      await running.stop();
      if (how !== null) throw new Error(`the ${name} ${how}`);
      return null;
    },
  };
}
