// vifscope's own commands as a user runs them in the VM, with packets on the way while it measures.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied, type TiedProcess } from '../../../src/bench/tiedProcess.js';
import type { Capability } from '../../../src/host/capabilities.js';
import type { Check } from '../../../src/host/check.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import type { Flow } from '../inside/flow.js';
import { asUser } from '../inside/ordinaryUser.js';
import { limitLockedMemory } from '../inside/processRights.js';
import type { Errand, Outcome } from './asker.js';
import type { Condition } from './conditions.js';
import type { ConditionReport } from './report.js';

const program = fileURLToPath(new URL('./asker.js', import.meta.url));
/** Few packets: on one emulated CPU they take time from the command. */
const packetIntervalMs = 50;

export class Asker {
  readonly #process: TiedProcess;

  constructor(who: 'root' | readonly Capability[], scope: Scope) {
    const command = [process.execPath, program];
    const asWho = who === 'root' ? command : asUser(who, command);
    this.#process = startTied('asker', asWho, ['ignore', 'ignore', 'pipe', 'ipc'], scope);
  }

  async ask(condition: Condition, flow: Flow): Promise<Omit<ConditionReport, 'condition'>> {
    const bytes = condition.memlockBytes ?? null;
    limitLockedMemory(this.#process.pid, { softBytes: bytes, hardBytes: bytes });
    const isWithoutCapabilities = condition.isWithoutCapabilities ?? false;
    const run = (...words: readonly string[]) => this.#run({ words, isWithoutCapabilities });
    const { stdout, ...doctor } = await run('doctor', '--json');
    const told = stdout === '' ? null : (JSON.parse(stdout) as { readonly checks: readonly Check[] });
    const taken = run('snapshot', '--no-daemon', '--json', '--duration', '1s');
    return {
      doctor: { ...doctor, checks: told?.checks ?? [] },
      snapshot: snapshotReport(await carryMeanwhile(flow, taken)),
    };
  }

  async #run(errand: Errand): Promise<Outcome> {
    const { child, ended } = this.#process;
    const early = ended.then((how) => Promise.reject(new Error(`the asker has ended: ${how}`)));
    child.send(errand);
    const [outcome] = await Promise.race([once(child, 'message'), early]);
    return outcome as Outcome;
  }
}

async function carryMeanwhile<T>(flow: Flow, work: Promise<T>): Promise<T> {
  let isOver = false;
  const watched = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await flow.carry(1);
    await Promise.race([watched, sleep(packetIntervalMs)]);
  }
  return watched;
}

function snapshotReport({ stdout, ...outcome }: Outcome): ConditionReport['snapshot'] {
  const snapshot = stdout === '' ? null : (JSON.parse(stdout) as Snapshot);
  const measured = (snapshot?.segments ?? []).filter(({ count }) => count > 0).map(({ segment }) => segment);
  return { ...outcome, segments: [...new Set(measured)], hooks: snapshot?.hooks ?? [] };
}
