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
import type { Errand, Outcome, Told } from './asker.js';
import type { Condition } from './conditions.js';
import type { ConditionReport } from './report.js';

const program = fileURLToPath(new URL('./asker.js', import.meta.url));
/** Few packets: on one emulated CPU they take time from the command. */
const packetIntervalMs = 50;
/** From the moment on in which snapshot measures; then it is told to end. Each device is learnt by its first one. */
const packets = 20;
const longerThanThat = '100s';

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
    const words = ['snapshot', '--no-daemon', '--json', '--duration', longerThanThat];
    return {
      doctor: doctorReport(await this.#run({ words: ['doctor', '--json'], isWithoutCapabilities })),
      snapshot: snapshotReport(await this.#runWithPackets({ words, isWithoutCapabilities }, flow)),
    };
  }

  async #runWithPackets(errand: Errand, flow: Flow): Promise<Outcome> {
    const now: { state: 'starting' | 'measuring' | 'over' } = { state: 'starting' };
    const onMeasuring = () => {
      now.state = 'measuring';
    };
    const outcome = this.#run(errand, onMeasuring).finally(() => {
      now.state = 'over';
    });
    for (let carried = 0; now.state !== 'over'; ) {
      await flow.carry(1);
      if (now.state === 'measuring' && ++carried === packets) process.kill(this.#process.pid, 'SIGINT');
      await Promise.race([outcome, sleep(packetIntervalMs)]);
    }
    return outcome;
  }

  async #run(errand: Errand, onMeasuring = () => {}): Promise<Outcome> {
    const { child, ended } = this.#process;
    const early = ended.then((how) => Promise.reject(new Error(`the asker has ended: ${how}`)));
    child.send(errand);
    for (;;) {
      const [told]: Told[] = await Promise.race([once(child, 'message'), early]);
      if (told?.kind === 'done') return told.outcome;
      onMeasuring();
    }
  }
}

function doctorReport({ stdout, ...outcome }: Outcome): ConditionReport['doctor'] {
  const told = stdout === '' ? null : (JSON.parse(stdout) as { readonly checks: readonly Check[] });
  return { ...outcome, checks: told?.checks ?? [] };
}

function snapshotReport({ stdout, ...outcome }: Outcome): ConditionReport['snapshot'] {
  const snapshot = stdout === '' ? null : (JSON.parse(stdout) as Snapshot);
  const measured = (snapshot?.segments ?? []).filter(({ count }) => count > 0).map(({ segment }) => segment);
  return { ...outcome, segments: [...new Set(measured)], hooks: snapshot?.hooks ?? [] };
}
