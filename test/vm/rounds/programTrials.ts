// Each BPF program on its own: does this kernel's verifier take it, and can it be attached? With every segment
// and tracing switched on, since the verifier never looks at code that the configuration rules out; the rounds themselves
// load what is run without tracing.
import { reasonOf } from '../../../src/errors.js';
import { sightProgram, tracePrograms } from '../../../src/kernel/attach.js';
import { bpfObjectPathHere } from '../../../src/kernel/bpfObjects.js';
import { hookNames, hooks } from '../../../src/kernel/hooks.js';
import { prepareMemory } from '../../../src/kernel/memory.js';
import { sizesFor } from '../../../src/kernel/sizes.js';
import { BpfObject } from '../../../src/libbpf/object.js';
import { segments } from '../../../src/measure/segments.js';
import type { ProgramTrial } from './report.js';

const allSegments = segments.map(({ name }) => name);
const sizes = sizesFor(1, { shards: 64, inFlightPackets: 64, isTracing: true });

export function tryPrograms(): ProgramTrial[] {
  const hookPrograms = hookNames.flatMap((hook) => hooks[hook]).map(({ program }) => program);
  const objectPath = bpfObjectPathHere();
  return [...hookPrograms, sightProgram, ...tracePrograms].map((program) => ({
    program,
    refusal: refusalOf(program, objectPath),
  }));
}

function refusalOf(program: string, objectPath: string): string | null {
  const object = BpfObject.open(objectPath);
  try {
    prepareMemory(object, sizes, allSegments);
    object.select(program);
    object.load();
    object.attach(program);
    return null;
  } catch (error) {
    return reasonOf(error);
  } finally {
    object.close();
  }
}
