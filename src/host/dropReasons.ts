// Names of drop reasons: their numbers move from kernel to kernel, so the running kernel's own enum is asked.
import type { Btf } from '../abi/btf.js';
import { findEnum } from '../abi/btfEnum.js';

const PREFIX = 'SKB_DROP_REASON_';
/** Values of the enum that are no reasons. */
const NO_REASONS = ['SKB_DROP_REASON_MAX', 'SKB_DROP_REASON_SUBSYS_MASK'];
/** Where the programs count every reason of a subsystem (its number in the high 16 bits), and any beyond the table. */
const FOLDED_INDEX = 255;

export interface DropReasons {
  /** Whether this kernel tells reasons apart (5.17 and later). */
  readonly known: boolean;
  /** The kernel's name of the reason counted at `index` (0 to 255), without SKB_DROP_REASON_. */
  nameOf(index: number): string;
}

/** Names by index; null where the kernel tells no reasons apart. Plain data, to be passed as JSON. */
export type DropReasonNames = readonly (readonly [index: number, name: string])[] | null;

/**
 * The names in `btf`'s enum skb_drop_reason; null where there is no such enum (before 5.17, or no BTF).
 * Throws FormatError where the enum is malformed.
 * Source: include/net/dropreason-core.h (6.3 and later), before that include/net/dropreason.h, linux/skbuff.h.
 */
export function dropReasonNamesIn(btf: Btf | null): DropReasonNames {
  const values = btf === null ? null : (findEnum(btf, 'skb_drop_reason')?.values ?? null);
  if (values === null) return null;
  const names = new Map<number, string>();
  for (const [name, value] of values) {
    if (NO_REASONS.includes(name) || Number(value) >= FOLDED_INDEX) continue;
    names.set(Number(value), name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name);
  }
  return [...names.set(FOLDED_INDEX, 'OTHER_SUBSYSTEM')];
}

/**
 * A number that has no name is `UNKNOWN_<number>`. Without names, kfree_skb gives no reason and the programs
 * count 0: every drop is NOT_SPECIFIED, which is what later kernels call a drop whose caller gave none.
 */
export function dropReasonsBy(entries: DropReasonNames): DropReasons {
  if (entries === null) return { known: false, nameOf: () => 'NOT_SPECIFIED' };
  const names = new Map(entries);
  return { known: true, nameOf: (index) => names.get(index) ?? `UNKNOWN_${index}` };
}

/** The reasons of the kernel whose types these are. */
export const dropReasonsOf = (btf: Btf | null): DropReasons => dropReasonsBy(dropReasonNamesIn(btf));
