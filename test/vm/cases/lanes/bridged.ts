// Cases over a bridge: a0 and b0 in namespaces of their own, their other ends a1 and b1 in a third.
import { openDatagrams } from '../datagrams.js';
import type { CaseGround, Lane } from '../ground.js';

const [a0Address, b0Address, gateway] = ['198.18.2.1', '198.18.2.2', '198.18.2.254'];
const macs = { a0: '02:76:69:74:0a:00', b0: '02:76:69:74:0b:00', bridge: '02:76:69:74:0c:00' };

async function addEnds(ground: CaseGround) {
  const [a, b, middle] = [await ground.netns(), await ground.netns(), await ground.netns()];
  // A bridge that snoops joins a multicast group, and says so on every port at a time of its own choosing.
  await ground.ip(
    middle,
    `link add br0 address ${macs.bridge} type bridge mcast_snooping 0`,
    'link set br0 up',
  );
  for (const [netns, name] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    const mac = name === 'a' ? macs.a0 : macs.b0;
    await ground.ip(netns, `link add ${name}0 address ${mac} type veth peer name ${name}1 netns ${middle}`);
    await ground.ip(middle, `link set ${name}1 up`);
  }
  return { a, b, middle, devices: [`${a}/a0`, `${middle}/a1`, `${middle}/b1`, `${b}/b0`] };
}

/** Both ends are ports of one bridge. */
export async function bridgeLane(ground: CaseGround): Promise<Lane> {
  const { a, b, middle, devices } = await addEnds(ground);
  await ground.ip(middle, 'link set a1 master br0', 'link set b1 master br0');
  await ground.ip(a, `address add ${a0Address}/24 dev a0`, 'link set a0 up');
  await ground.ip(a, `neighbour add ${b0Address} lladdr ${macs.b0} dev a0 nud permanent`);
  await ground.ip(b, `address add ${b0Address}/24 dev b0`, 'link set b0 up');
  return { devices, carry: openDatagrams(ground, { from: a, to: b, address: b0Address }) };
}

/** As containers have it: a veth into a bridge, which is the gateway, a route, and a veth out again. */
export async function containerLane(ground: CaseGround): Promise<Lane> {
  const { a, b, middle, devices } = await addEnds(ground);
  const outside = '198.19.2.1';
  await ground.set(middle, '/proc/sys/net/ipv4/ip_forward', '1');
  await ground.ip(
    middle,
    'link set a1 master br0',
    `address add ${gateway}/24 dev br0`,
    `route add ${outside}/32 dev b1`,
    `neighbour add ${outside} lladdr ${macs.b0} dev b1 nud permanent`,
  );
  await ground.ip(
    a,
    `address add ${a0Address}/24 dev a0`,
    'link set a0 up',
    `route add default via ${gateway}`,
  );
  await ground.ip(a, `neighbour add ${gateway} lladdr ${macs.bridge} dev a0 nud permanent`);
  await ground.ip(b, `address add ${outside}/32 dev b0`, 'link set b0 up');
  return { devices, carry: openDatagrams(ground, { from: a, to: b, address: outside }) };
}
