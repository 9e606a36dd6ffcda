// The contract of tools that others wrote: what each is given, how it is started, and what it says.

export type ToolName = 'iperf3' | 'sockperf' | 'netperf' | 'trafgen';

/** What a tool is to send, and between whom. */
export interface ToolOrder {
  readonly packetsPerSecond: number;
  /** Behind the UDP header. */
  readonly payloadBytes: number;
  readonly seconds: number;
  readonly sinkAddress: string;
  readonly port: number;
  /** The device that the generator's namespace sends by. */
  readonly device: string;
  /** A whole packet of that load, as the device is to be given it. */
  readonly packet: Buffer;
  /** For what sends; null: any. */
  readonly senderCpu: number | null;
  /** For what answers or receives; null: any. */
  readonly receiverCpu: number | null;
}

/** By name, with the unit in it. */
export type ToolFigures = Readonly<Record<string, number | null>>;

export interface ToolServer {
  readonly command: (order: ToolOrder) => readonly string[];
  /** What its port is of once it is ready. */
  readonly listens: 'tcp' | 'udp';
}

export interface Tool {
  readonly name: ToolName;
  /** Of Debian. */
  readonly package: string;
  readonly versionCommand: readonly string[];
  /** null where the text says none */
  readonly parseVersion: (text: string) => string | null;
  /** What runs in the sink's namespace; null for a tool that only sends. */
  readonly server: ToolServer | null;
  readonly client: (order: ToolOrder) => readonly string[];
  /** Which of the kernel's counters count its packets: those of UDP, or of the devices. */
  readonly countedBy: 'udp' | 'device';
  /** @param text what the client wrote on stdout @throws FormatError in the tool's own words where it has failed */
  readonly parse: (text: string) => ToolFigures;
}
