// From the compiled object to attached hooks: each hook gets the best program that this kernel accepts,
// and a hook that it accepts none for is left out with the reason while the rest runs.
import { reasonOf, VifscopeError } from '../errors.js';
import { LibbpfError } from '../libbpf/library.js';
import { BpfObject } from '../libbpf/object.js';
import { segments } from '../measure/segments.js';
import { bpfObjectPathHere } from './bpfObjects.js';
import {
  type Hook,
  type HookProgram,
  type HookStatus,
  hookNames,
  hooks,
  measurableSegments,
} from './hooks.js';
import { prepareMemory } from './memory.js';
import { type Refusal, refusalOf } from './refusal.js';
import { smallestSizes } from './sizes.js';

/** The program that looks at known devices: no hook of packets, so it is in no table of those. */
export const sightProgram = 'on_task_rename';
/** Those that note what readers and ksoftirqd do: only while slow packets are told of. */
export const tracePrograms = ['on_sched_switch', 'on_sched_wakeup'] as const;

const EAGAIN = 11;
const mostInterruptions = 10;

const segmentNames = segments.map((segment) => segment.name);

export interface Attached {
  readonly object: BpfObject;
  readonly statuses: readonly HookStatus[];
}

/** Sets sizes and read-only data between open and load, knowing which hooks will be there. */
export type Prepare = (object: BpfObject, statuses: readonly HookStatus[]) => void;

/** One refusal a program, gathered over the attempts. */
type Refusals = Map<string, Refusal>;

function candidateOf(hook: Hook, refusals: Refusals): HookProgram | undefined {
  return hooks[hook].find(({ program }) => !refusals.has(program));
}

function statusOf(hook: Hook, refusals: Refusals): HookStatus {
  const candidate = candidateOf(hook, refusals);
  if (candidate) return { hook, state: 'attached', mechanism: candidate.mechanism };
  const told = hooks[hook].flatMap(({ program }) => refusals.get(program) ?? []);
  return {
    hook,
    state: 'missing',
    reason: told.map((t) => t.reason).join('; '),
    remedy: [...new Set(told.map((t) => t.remedy))].join('; '),
  };
}

/** Loads and attaches one program alone, with the smallest maps, to learn whether the kernel takes it. */
function probe(objectPath: string, { mechanism, program }: HookProgram, refusals: Refusals): void {
  const object = BpfObject.open(objectPath);
  try {
    // With every segment on, so that the verifier sees all of the code.
    prepareMemory(object, smallestSizes, segmentNames);
    object.select(program);
    object.load();
    object.attach(program);
  } catch (error) {
    refusals.set(program, refusalOf(mechanism, error));
  } finally {
    object.close();
  }
}

/** Tries every program that is still a candidate: those first that kernels commonly refuse. */
function probeCandidates(objectPath: string, refusals: Refusals): boolean {
  const before = refusals.size;
  const open = hookNames.flatMap((hook) => hooks[hook]).filter(({ program }) => !refusals.has(program));
  const [doubtful, usual] = [
    open.filter((p) => p.mechanism !== 'tp_btf'),
    open.filter((p) => p.mechanism === 'tp_btf'),
  ];
  for (const candidate of doubtful) probe(objectPath, candidate, refusals);
  if (refusals.size === before) for (const candidate of usual) probe(objectPath, candidate, refusals);
  return refusals.size > before;
}

function attempt({ objectPath, prepare, isTracing }: Attaching, refusals: Refusals): Attached {
  const object = BpfObject.open(objectPath);
  try {
    const statuses = hookNames.map((hook) => statusOf(hook, refusals));
    prepare(object, statuses);
    const programs = [
      ...hookNames.flatMap((hook) => candidateOf(hook, refusals)?.program ?? []),
      sightProgram,
      ...(isTracing ? tracePrograms : []),
    ];
    for (const program of programs) object.select(program);
    object.load();
    for (const program of programs) object.attach(program);
    return { object, statuses };
  } catch (error) {
    object.close();
    throw error;
  }
}

export interface Attaching {
  readonly objectPath: string;
  readonly prepare: Prepare;
  readonly isTracing?: boolean;
  readonly without?: readonly Hook[] | undefined;
}

/**
 * Loads and attaches all that this kernel takes.
 * @throws VifscopeError UNSUPPORTED_HOST when nothing can be attached, or when what loads alone won't together
 */
export function attachHooks(attaching: Attaching): Attached {
  const { objectPath, without = [] } = attaching;
  const refusals: Refusals = new Map();
  const leftOut = { reason: 'left out on request', remedy: 'start without leaving it out' };
  for (const hook of without) for (const { program } of hooks[hook]) refusals.set(program, leftOut);
  for (let interruptions = 0; ; ) {
    if (!hookNames.some((hook) => candidateOf(hook, refusals))) throw nothingAttached(refusals);
    try {
      return attempt(attaching, refusals);
    } catch (error) {
      if (error instanceof VifscopeError) throw error;
      // The verifier gives up when a signal waits for this process, and would not the next time.
      if (isInterruption(error) && interruptions++ < mostInterruptions) continue;
      // The kernel names no culprit for the whole object, so each program is tried on its own.
      if (!probeCandidates(objectPath, refusals)) throw unexplained(objectPath, error);
    }
  }
}

/** Tries every hook on this kernel, with the smallest maps, and detaches again. */
export function probeHooks(): readonly HookStatus[] {
  const { object, statuses } = attachHooks({
    objectPath: bpfObjectPathHere(),
    prepare: (opened, found) => prepareMemory(opened, smallestSizes, measurableSegments(found)),
  });
  object.close();
  return statuses;
}

const isInterruption = (error: unknown): boolean => error instanceof LibbpfError && error.errno === EAGAIN;

function nothingAttached(refusals: Refusals): VifscopeError {
  // What a plain tracepoint is refused for is the host's cause; the others may lack a module besides.
  const usual = hookNames
    .flatMap((hook) => hooks[hook])
    .find((p) => p.mechanism === 'tp_btf' && refusals.has(p.program));
  const first = usual ? refusals.get(usual.program) : [...refusals.values()][0];
  return new VifscopeError({
    code: 'UNSUPPORTED_HOST',
    operation: 'attach',
    object: 'any hook',
    reason: first?.reason ?? 'no hook is left',
    remedy: first?.remedy ?? 'see vifscope doctor',
  });
}

function unexplained(objectPath: string, error: unknown): VifscopeError {
  // All others load alone, so what the verifier refuses is the program that looks at devices, on a tracepoint.
  const isRefused = error instanceof LibbpfError && error.verdict !== null;
  const memory = {
    reason: reasonOf(error),
    remedy: 'check memory limits (ulimit -l, cgroup) and see vifscope doctor',
  };
  const { reason, remedy } = isRefused ? refusalOf('tp_btf', error) : memory;
  return new VifscopeError({
    code: 'UNSUPPORTED_HOST',
    operation: 'load',
    object: objectPath,
    reason,
    remedy,
    cause: error,
  });
}
