// What the first stage leaves to the second, which is the same process after it has replaced itself.
import type { DropReasonNames } from '../src/host/dropReasons.js';
import type { Handover } from '../src/kernel/attachment.js';

/** An environment variable, so that nothing of it shows in the list of processes. */
const variable = 'VIFSCOPE_HANDOVER';

export interface Inheritance {
  readonly kernel: Handover;
  /** Of the running kernel: reading its types takes 30 MB, which only the first stage needs to spend. */
  readonly dropReasons: DropReasonNames;
  /** null: no file, all defaults. */
  readonly configPath: string | null;
}

export const withInheritance = (environment: NodeJS.ProcessEnv, inheritance: Inheritance) => ({
  ...environment,
  [variable]: JSON.stringify(inheritance),
});

/** Takes it out of the environment. null when this process is no second stage. */
export function takeInheritance(environment: NodeJS.ProcessEnv): Inheritance | null {
  const text = environment[variable];
  delete environment[variable];
  return text === undefined ? null : (JSON.parse(text) as Inheritance);
}
