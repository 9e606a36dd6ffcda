// The contract of paths: the kinds there are, in the order in which they are run and shown, and what a built one is.

export const pathNames = ['veth', 'tap', 'tun'] as const;
export type PathName = (typeof pathNames)[number];

export interface PathDevice {
  readonly netns: string;
  readonly device: string;
  readonly role: 'generator' | 'sink';
}

export interface BuiltPath {
  readonly name: PathName;
  readonly generatorNetns: string;
  readonly sinkNetns: string;
  /** In order of travel. */
  readonly devices: readonly PathDevice[];
  /** The forwarder's or QEMU's process, where the path leads through one. */
  readonly middlePid: number | null;
  /** How that process ended, in words, should it have ended by itself; null while it works. */
  readonly middleFailure: () => string | null;
  readonly sinkAddress: string;
  readonly sinkPort: number;
  /** How the guest's CPU runs; on the tap path only. */
  readonly accelerator?: 'kvm' | 'tcg';
}
