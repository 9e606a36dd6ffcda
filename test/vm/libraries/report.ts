// What the libraries plan reports: the rounds, carried out with another libbpf than the host's.
import type { RoundsReport } from '../rounds/report.js';

export interface LibrariesReport {
  /** As the library itself says: "1.7". */
  readonly libbpf: string;
  readonly rounds: RoundsReport;
}
