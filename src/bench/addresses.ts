// The one table of addresses: RFC 2544's benchmark range, seen only inside the namespaces of a run.
// Each path has its own, so that no two paths ever carry packets of the same content.
import { type PathName, pathNames } from './path.js';

export interface Addresses {
  readonly generator: string;
  readonly sink: string;
  /** MAC addresses of the devices and of the guest's, in order of travel. */
  readonly generatorMac: string;
  readonly guestInMac: string;
  readonly guestOutMac: string;
  readonly sinkMac: string;
}

export const generatorPort = 7006;
export const sinkPort = 7007;

export function addressesOf(path: PathName): Addresses {
  const number = 1 + pathNames.indexOf(path);
  // Locally administered, unicast; the middle spells "vif".
  const mac = (place: number) => `02:76:69:66:0${number}:0${place}`;
  return {
    generator: `198.18.${number}.1`,
    sink: `198.19.${number}.1`,
    generatorMac: mac(1),
    guestInMac: mac(2),
    guestOutMac: mac(3),
    sinkMac: mac(4),
  };
}
