// Drops by counter, and the same drops by the kernel's reason where vifscope ran: one list, nothing in it twice. Pure.
import type { DropLine } from '../../measure/snapshot.js';
import type { PlacedDrop } from '../result/schema.js';

type Place = PlacedDrop['place'];

/** Where a packet was when the kernel dropped it for this reason: include/net/dropreason-core.h. */
const placesOfReasons: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['QDISC_DROP', 'qdisc'],
  ['QDISC_OVERLIMIT', 'qdisc'],
  ['QDISC_CONGESTED', 'qdisc'],
  ['CAKE_FLOOD', 'qdisc'],
  ['FQ_BAND_LIMIT', 'qdisc'],
  ['FQ_HORIZON_LIMIT', 'qdisc'],
  ['FQ_FLOW_LIMIT', 'qdisc'],
  ['TC_EGRESS', 'qdisc'],
  ['TC_INGRESS', 'qdisc'],
  ['FULL_RING', 'ring'],
  ['CPU_BACKLOG', 'backlog'],
  ['SOCKET_RCVBUFF', 'socket'],
  ['SOCKET_FILTER', 'socket'],
  ['PROTO_MEM', 'socket'],
  ['TAP_TXFILTER', 'driver'],
  ['TAP_FILTER', 'driver'],
  ['DEV_READY', 'driver'],
  ['DEV_HDR', 'driver'],
  ['XDP', 'driver'],
]);

/** What a kernel says that knows no reasons, or has none for this one. */
const noReason: ReadonlySet<string> = new Set(['NOT_SPECIFIED']);

/**
 * The kernel's reasons take the place of counters. What a counter has beyond them stays, since vifscope sees no drop of
 * a device it doesn't know; and drops without a reason are those that counters have placed, as far as they go.
 * @param lines of a snapshot over the same time
 * @param netns the path's namespaces: drops in others are not its own
 */
export function withReasons(
  counted: readonly PlacedDrop[],
  lines: readonly DropLine[],
  netns: readonly string[],
): PlacedDrop[] {
  const ours = lines.filter((line) => netns.includes(line.netns));
  const told = ours.filter(({ reason }) => !noReason.has(reason)).map(placedOf);
  const untold = ours.filter(({ reason }) => noReason.has(reason)).map(placedOf);
  const budgets = budgetsOf(told);
  const unplaced = unexplained(counted, budgets, (by, drop) => by.place === drop.place && areNear(by, drop));
  const rest = unexplained(unplaced, budgets, couldBe);
  return [...told, ...rest, ...unexplained(untold, budgetsOf(rest), areNear)].filter(
    ({ count }) => count > 0,
  );
}

const placedOf = ({ netns, device, reason, count }: DropLine): PlacedDrop => ({
  netns,
  device,
  place: placesOfReasons.get(reason) ?? 'unknown',
  reason,
  count,
});

/** A protocol's counter has no device: it is met by the drops of every device of its namespace. */
const areNear = (a: PlacedDrop, b: PlacedDrop): boolean =>
  a.netns === b.netns && (a.device === b.device || a.device === null || b.device === null);

/** A driver counts drops of every reason as one, and so do protocols where no place is known. */
const couldBe = (by: PlacedDrop, drop: PlacedDrop): boolean =>
  areNear(by, drop) && (drop.device !== null || (drop.place === 'unknown' && by.place === 'unknown'));

/** Drops that may each explain one of another list. */
type Budget = { readonly by: PlacedDrop; left: number };

const budgetsOf = (drops: readonly PlacedDrop[]): Budget[] => drops.map((by) => ({ by, left: by.count }));

/** What is left of the drops once those that the budgets explain are taken away; the budgets shrink. */
function unexplained(
  drops: readonly PlacedDrop[],
  budgets: readonly Budget[],
  fits: (by: PlacedDrop, drop: PlacedDrop) => boolean,
): PlacedDrop[] {
  return drops.map((drop) => {
    let { count } = drop;
    for (const budget of budgets.filter(({ by }) => fits(by, drop))) {
      const taken = Math.min(count, budget.left);
      budget.left -= taken;
      count -= taken;
    }
    return { ...drop, count };
  });
}
