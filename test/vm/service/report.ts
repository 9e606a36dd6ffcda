// What the service plan reports: of each service, started as an ordinary user, what it was left with and what it counted.
import type { Capability } from '../../../src/host/capabilities.js';
import type { PathCount, SampleCount } from '../passage.js';

/** As the units start it: alone, and with what the drop-in for `inject` adds. */
export const grants = [
  ['CAP_BPF', 'CAP_PERFMON'],
  ['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_ADMIN'],
] as const satisfies readonly (readonly Capability[])[];

/** Empty in every thread; what ambient capabilities leave in CapInh is cleared too. */
export const capabilitySets = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'] as const;

/** Of one thread, as /proc tells. */
export interface ThreadRights {
  readonly uid: number;
  readonly noNewPrivileges: boolean;
  /** The masks, in hexadecimal. */
  readonly sets: Readonly<Record<(typeof capabilitySets)[number], string>>;
}

export interface ServiceReport {
  readonly granted: readonly Capability[];
  /** Once it was ready. */
  readonly threads: readonly ThreadRights[];
  /** Of the hook `tun_get_user`, as /metrics has it. */
  readonly injectMechanism: string;
  readonly paths: readonly PathCount[];
  /** By how much /metrics has grown while these packets passed. */
  readonly samples: readonly SampleCount[];
  /** Devices that /metrics names after veth0 was deleted, and its peer with it. */
  readonly devicesAfterDeletion: readonly string[];
  /** After SIGTERM: null where it was killed, or did not end in time. */
  readonly exitCode: number | null;
  /** Its last words. */
  readonly said: readonly string[];
}

export interface ServicesReport {
  readonly services: readonly ServiceReport[];
}
