// Two devices and between them a forwarder that is this process: it holds each packet for a while, and clocks it.
import { closeSync } from 'node:fs';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';
import { type NumberedFlow, openNumberedFlow } from '../../kernel/journeys/numberedFlow.js';
import { PollDevice } from '../../kernel/journeys/pollDevice.js';
import type { LaneKind } from './report.js';

const lostAfterNs = 5e9;
const clockNs = (): number => Number(process.hrtime.bigint());

export interface Lane {
  readonly kind: LaneKind;
  readonly path: Pick<BuiltPath, 'devices'>;
  readonly flow: NumberedFlow;
  /** Sends a packet and forwards it. @returns for how long it was in the forwarder: at least and at most */
  carry(residenceNs: number): { readonly leastNs: number; readonly mostNs: number };
}

export async function openLane(kind: LaneKind, scope: Scope): Promise<Lane> {
  const ends = await makeEnds(kind, scope);
  const names = { generator: `${kind}0`, sink: `${kind}1` };
  const open = (netns: string, name: string) => {
    const device = new PollDevice(kind, netns, name);
    scope.cleanup.add(`close ${name}`, () => closeSync(device.fd));
    return device;
  };
  const [from, to] = [open(ends.generatorNetns, names.generator), open(ends.sinkNetns, names.sink)];
  // The forwarder changes no address, so the frames already bear the sink's.
  const path = await configureEnds(ends, names, kind === 'tap' ? ends.addresses.sinkMac : null, scope);
  const flow = openNumberedFlow(path, scope);

  function carry(residenceNs: number) {
    flow.send('counted');
    const sentNs = clockNs();
    for (;;) {
      const askedNs = clockNs();
      const packet = from.read();
      const takenNs = clockNs();
      if (packet !== null) {
        while (clockNs() < takenNs + residenceNs);
        const leastNs = clockNs() - takenNs;
        to.write(packet);
        return { leastNs, mostNs: clockNs() - askedNs };
      }
      if (takenNs - sentNs > lostAfterNs) throw new Error(`${kind}: a packet does not come to its reader`);
    }
  }
  return { kind, path, flow, carry };
}
