// The tap path through a guest that runs already: echo requests go to its tap, and its replies come back by it.
import { z } from 'zod';
import { VifscopeError } from '../../errors.js';
import { tunHolders } from '../../host/tunHolders.js';
import { commandText } from '../commandText.js';
import { isAlive, ownerOf } from '../owner.js';
import type { BuiltPath } from '../path.js';

/** A guest of others, as the user names it. */
export interface RunningGuest {
  /** "host" for our own. */
  readonly netns: string;
  readonly tap: string;
  readonly address: string;
}

const links = z.array(
  z.object({
    master: z.string().optional(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  }),
);
const routes = z.array(z.object({ dev: z.string(), prefsrc: z.string() }));

/** @throws VifscopeError USAGE where no guest can be reached so */
export async function findRunningGuest({ netns, tap, address }: RunningGuest): Promise<BuiltPath> {
  const at = netns === 'host' ? [] : ['-n', netns];
  const shown = async (...args: string[]) =>
    JSON.parse((await commandText('ip', [...at, '-j', ...args]).catch(() => null)) ?? '[]');
  const refused = (reason: string, remedy: string) =>
    new VifscopeError({ code: 'USAGE', operation: 'use', object: `the tap ${netns}/${tap}`, reason, remedy });

  const [link] = links.parse(await shown('-d', 'link', 'show', 'dev', tap));
  if (link?.linkinfo?.info_kind !== 'tun')
    throw refused(
      link ? 'it is no tap' : 'there is no such device',
      'see `ip link`; NETNS/NAME for a tap in a named namespace',
    );
  const [route] = routes.parse(await shown('route', 'get', address));
  if (route === undefined || (route.dev !== tap && route.dev !== link.master))
    throw refused(
      `the way to ${address} is by ${route?.dev ?? 'no device'}`,
      "give the guest's address on this tap, or on the bridge that the tap is in",
    );
  const [pid, ...others] = [...tunHolders()]
    .filter(([, devices]) => devices.has(tap))
    .map(([holder]) => holder);
  if (pid === undefined) throw refused('no process holds it', 'start the guest');
  if (others.length > 0)
    throw refused(`the processes ${[pid, ...others].join(', ')} hold taps of this name`, 'rename the others');
  const guest = ownerOf(pid);
  return {
    name: 'tap',
    carrier: 'echo',
    generatorNetns: netns,
    generatorAddress: route.prefsrc,
    sinkNetns: netns,
    sinkAddress: address,
    sinkPort: 0,
    devices: [{ netns, device: tap, role: 'middle' }],
    middlePid: pid,
    middleFailure: () => (isAlive(guest) ? null : 'its process has ended'),
  };
}
