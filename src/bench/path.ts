// The contract of paths: the kinds there are, in the order in which they are run and shown, and what a built one is.

export const pathNames = ['veth', 'bridge', 'tap', 'tun'] as const;
export type PathName = (typeof pathNames)[number];
/** One of each kind of device. */
export const demoPathNames = ['veth', 'tap', 'tun'] as const satisfies readonly PathName[];

/** What packets are: UDP datagrams to a sink, or ICMP echo requests that come back as replies. */
export type Carrier = 'udp' | 'echo';

export interface PathDevice {
  readonly netns: string;
  readonly device: string;
  readonly role: 'generator' | 'middle' | 'sink';
}

export interface GuestSettings {
  readonly accelerator: 'kvm' | 'tcg';
  /** "off": QEMU moves them itself. */
  readonly vhost: 'on' | 'off';
  /** Each device's, and as many CPUs. */
  readonly queues: number;
}

export interface BuiltPath {
  readonly name: PathName;
  readonly generatorNetns: string;
  readonly generatorAddress: string;
  readonly carrier: Carrier;
  readonly sinkNetns: string;
  /** In order of travel. */
  readonly devices: readonly PathDevice[];
  /** The forwarder's or QEMU's process, where the path leads through one. */
  readonly middlePid: number | null;
  /** How that process ended, in words, should it have ended by itself; null while it works. */
  readonly middleFailure: () => string | null;
  readonly sinkAddress: string;
  /** Where several pairs of devices lead to the sink: one for each. */
  readonly sinkAddresses?: readonly string[];
  readonly sinkPort: number;
  /** Of a guest of our own: how its CPUs run, and who moves its packets. */
  readonly guest?: GuestSettings;
  /** Of a guest of our own, its kernel's version. */
  readonly guestKernel?: string;
}
