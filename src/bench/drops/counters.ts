// The counters of a path that tell of packets dropped: totals since some beginning, of use as a difference only.

export interface QdiscCounter {
  /** As tc calls it: tbf, fq_codel, clsact. */
  readonly kind: string;
  /** "parent" where it is below another, whose count holds its drops too. */
  readonly place: 'root' | 'ingress' | 'parent';
  readonly drops: number;
}

export interface Peer {
  /** null where its namespace has no name: that of the host, seen from another. */
  readonly netns: string | null;
  readonly ifindex: number;
}

export interface DeviceCounters {
  readonly netns: string;
  readonly device: string;
  /** As ip calls it: veth, tun (of tap too), bridge; "" for hardware. */
  readonly kind: string;
  readonly ifindex: number;
  /** The other end of a veth pair; null for other kinds. */
  readonly peer: Peer | null;
  readonly txDropped: number;
  readonly rxDropped: number;
  readonly txErrors: number;
  readonly rxErrors: number;
  readonly qdiscs: readonly QdiscCounter[];
}

/** Of one namespace's IP and UDP, by name as in /proc/net/snmp: "Udp.RcvbufErrors". */
export interface ProtocolCounters {
  readonly netns: string;
  readonly counts: Readonly<Record<string, number>>;
}

export interface PathCounters {
  readonly devices: readonly DeviceCounters[];
  readonly protocols: readonly ProtocolCounters[];
  /** Turned away by the full backlog of a CPU, all CPUs of the host together. */
  readonly backlogDrops: number;
}
