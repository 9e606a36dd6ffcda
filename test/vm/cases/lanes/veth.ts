// Cases over one veth pair: v0 in one namespace, v1 in another.
import { type DatagramOptions, openDatagrams } from '../datagrams.js';
import type { CaseGround, Lane } from '../ground.js';

export const [left, right] = ['198.18.1.1', '198.19.1.1'];
const [leftMac, rightMac] = ['02:76:69:74:01:01', '02:76:69:74:02:01'];

export interface Pair {
  readonly a: string;
  readonly b: string;
}

/** Up, addressed and routed both ways, without a question who has which address. */
export async function addPair(ground: CaseGround, { ipv6 = false } = {}): Promise<Pair> {
  const [a, b] = [await ground.netns({ ipv6 }), await ground.netns({ ipv6 })];
  await ground.ip(a, `link add v0 address ${leftMac} type veth peer name v1 address ${rightMac} netns ${b}`);
  await ground.ip(a, ...end('v0', left, right, rightMac));
  await ground.ip(b, ...end('v1', right, left, leftMac));
  return { a, b };
}

const end = (device: string, own: string, other: string, otherMac: string): string[] => [
  `address add ${own}/32 dev ${device}`,
  `link set ${device} up`,
  `route add ${other}/32 dev ${device} src ${own}`,
  `neighbour add ${other} lladdr ${otherMac} dev ${device} nud permanent`,
];

/** What is done to the pair before packets pass. */
type Setting = (ground: CaseGround, pair: Pair) => Promise<void>;

const noSetting: Setting = () => Promise.resolve();

export const pairLane =
  (setting: Setting = noSetting, options: Partial<DatagramOptions> = {}) =>
  async (ground: CaseGround): Promise<Lane> => {
    const pair = await addPair(ground);
    await setting(ground, pair);
    const { a, b } = pair;
    const carry = openDatagrams(ground, { from: a, to: b, address: right, ...options });
    return { devices: [`${a}/v0`, `${b}/v1`], carry };
  };

/** One by one, so that none waits for another. */
export const netemLane = (delayMs: number) =>
  pairLane(
    async (ground, { a }) => {
      await ground.queue(a, `v0 root netem delay ${delayMs}ms`);
    },
    { burst: 1, isStamped: true },
  );

export const jumboLane = pairLane(
  async (ground, { a, b }) => {
    await ground.ip(a, 'link set v0 mtu 9000');
    await ground.ip(b, 'link set v1 mtu 9000');
  },
  { payloadBytes: 8_900 },
);

export const steeredLane = pairLane((ground, { b }) =>
  ground.set(b, '/sys/class/net/v1/queues/rx-0/rps_cpus', '1'),
);

/** @param mode xdpdrv or xdpgeneric, as `ip link` has them */
export const xdpLane = (mode: string, object: string) =>
  pairLane((ground, { b }) => ground.ip(b, `link set v1 ${mode} object ${object} section xdp`));

export async function vlanLane(ground: CaseGround): Promise<Lane> {
  const { a, b } = await addPair(ground);
  const [near, far] = ['198.18.5.1', '198.19.5.1'];
  for (const [netns, device, own, other, mac] of [
    [a, 'v0', near, far, rightMac],
    [b, 'v1', far, near, leftMac],
  ] as const)
    await ground.ip(
      netns,
      `link add link ${device} name ${device}.5 type vlan id 5`,
      ...end(`${device}.5`, own, other, mac),
    );
  const carry = openDatagrams(ground, { from: a, to: b, address: far });
  return { devices: [`${a}/v0`, `${a}/v0.5`, `${b}/v1`], carry };
}

/** Echoes, there and back: each direction counts as a packet of the case. */
export async function ipv6Lane(ground: CaseGround): Promise<Lane> {
  const { a, b } = await addPair(ground, { ipv6: true });
  for (const [netns, device, address, other, otherMac] of [
    [a, 'v0', 'fd00::1', 'fd00::2', rightMac],
    [b, 'v1', 'fd00::2', 'fd00::1', leftMac],
  ] as const) {
    await ground.set(netns, `/proc/sys/net/ipv6/conf/${device}/router_solicitations`, '0');
    await ground.ip(
      netns,
      `-6 address add ${address}/64 dev ${device} nodad`,
      `-6 neighbour add ${other} lladdr ${otherMac} dev ${device} nud permanent`,
    );
  }
  const carry = async (packets: number) => {
    const said = await ground.inside(a, `busybox ping -6 -c ${packets} -i 0.01 -W 2 fd00::2`);
    const [, sent, received] = /(\d+) packets transmitted, (\d+) packets received/.exec(said) ?? [];
    const [, longestMs] = /round-trip min\/avg\/max = [\d.]+\/[\d.]+\/([\d.]+) ms/.exec(said) ?? [];
    if (sent === undefined || longestMs === undefined) throw new Error(`ping said: ${said}`);
    return {
      sent: Number(sent),
      received: Number(received),
      longestNs: Number(longestMs) * 1e6,
      stampedNs: null,
      deliveries: null,
    };
  };
  return { devices: [`${a}/v0`, `${b}/v1`], carry };
}
