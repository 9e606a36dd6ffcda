// How long after their scheduled time packets come to a socket: counted by a program in the kernel, read from memory.
import * as abi from '../../abi/layout.js';
import { readPossibleCpus } from '../../host/facts.js';
import { bpfObjectPath } from '../../kernel/bpfObjects.js';
import { type MappedMemory, mapShared } from '../../libbpf/memory.js';
import { BpfObject } from '../../libbpf/object.js';
import { attachFilter } from '../../libbpf/sockets.js';
import { emptyLatencyCounts } from '../../measure/histogram.js';
import type { Carrier } from '../path.js';
import { type SparseCounts, sparse } from './counts.js';

/** By what packets are. */
const programs: Readonly<Record<Carrier, string>> = { udp: 'on_arrival', echo: 'on_echo_arrival' };

export interface Arrivals {
  readonly latency: SparseCounts;
  /** Came before their time: the clocks are not the same, and nothing here is to be believed. */
  readonly early: number;
}

export class ArrivalCounter {
  readonly #object: BpfObject;
  readonly #cpus = readPossibleCpus();
  readonly #tallies: MappedMemory;
  readonly #histograms: MappedMemory;
  readonly #flow: MappedMemory;

  /** Counts what comes to this socket from now on. @throws LibbpfError where the kernel refuses the program */
  constructor(socket: number, carrier: Carrier) {
    const program = programs[carrier];
    this.#object = BpfObject.open(bpfObjectPath('arrival'));
    for (const map of ['tallies', 'histograms']) this.#object.resize(map, this.#cpus);
    this.#object.select(program);
    this.#object.load();
    const map = (name: string, bytes: number) => mapShared(this.#object.mapFd(name), bytes);
    this.#tallies = map('tallies', this.#cpus * abi.tally.size);
    this.#histograms = map('histograms', this.#cpus * abi.histogram.size);
    this.#flow = map('flow', 4);
    attachFilter(socket, this.#object.programFd(program));
  }

  /** Begins anew: from now on packets of this flow count, and no others. */
  restart(flow: number): void {
    this.#flow.view.setUint32(0, flow);
    this.#tallies.bytes.fill(0);
    this.#histograms.bytes.fill(0);
  }

  read(): Arrivals {
    const all = emptyLatencyCounts();
    let early = 0;
    for (let cpu = 0; cpu < this.#cpus; cpu++) {
      const at = cpu * abi.tally.size;
      const u32 = (field: { offset: number }) => this.#tallies.view.getUint32(at + field.offset, true);
      const u64 = (field: { offset: number }) => this.#tallies.view.getBigUint64(at + field.offset, true);
      early += u32(abi.tally.unmatched);
      if (u32(abi.tally.started) === 0) continue;
      all.total += u32(abi.tally.started);
      all.sumNs += Number(u64(abi.tally.sumNs));
      all.maxNs = Math.max(all.maxNs ?? 0, Number(u64(abi.tally.maxNs)));
      const minNs = Number(BigInt.asUintN(64, ~u64(abi.tally.minComplementNs)));
      all.minNs = Math.min(all.minNs ?? minNs, minNs);
      const first = (cpu * abi.histogram.size + abi.histogram.counts.offset) / 4;
      this.#histograms.words32.subarray(first, first + abi.limit.histogramCounts).forEach((count, index) => {
        all.counts[index] = (all.counts[index] ?? 0) + count;
      });
    }
    return { latency: sparse(all), early };
  }
}
