// All that is found, the greatest share of each area first.
import { cpuFindings } from './cpu.js';
import { areas, type Evidence, type Finding } from './finding.js';
import { lossFindings } from './loss.js';
import { tailFindings } from './tail.js';

export function findingsOf(evidence: readonly Evidence[]): Finding[] {
  return evidence
    .flatMap((one) => [...lossFindings(one), ...cpuFindings(one), ...tailFindings(one)])
    .toSorted((a, b) => areas.indexOf(a.area) - areas.indexOf(b.area) || b.share - a.share);
}

/** A block a finding; where there is none, a line that says so. */
export function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing lost, nothing that takes much, no tail that stands out.\n';
  return findings
    .map(({ area, path, what, evidence, remedy }) =>
      [
        `${area}${path === null ? '' : ` · ${path}`}: ${what}`,
        `  ${evidence}`,
        ...(remedy === null ? [] : [`  → ${remedy}`]),
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
