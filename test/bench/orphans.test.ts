import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { buildPath } from '../../src/bench/buildPath.js';
import { removeLeftovers } from '../../src/bench/namespaces.js';
import { type PathName, pathNames } from '../../src/bench/path.js';
import { childrenOf, isRunning, netnsNames, netnsOf, realTest, waitUntil } from './realHost.js';

const holdPath = fileURLToPath(new URL('./fixtures/holdPath.js', import.meta.url));
/** Sink and generator, and what stands in the middle. */
const processCount: Record<PathName, number> = { veth: 2, bridge: 2, tap: 3, tun: 3 };
const netnsCount: Record<PathName, number> = { veth: 2, bridge: 3, tap: 2, tun: 2 };

for (const name of pathNames) {
  realTest(
    name,
    `kill -9 of a run on the ${name} path leaves no process, and the next run no namespace`,
    async (t, scope) => {
      const run = spawn(process.execPath, [holdPath, name], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pid = run.pid ?? t.fail();
      scope.cleanup.add('kill the run', () => void run.kill('SIGKILL'));
      const built = await Promise.race([
        once(run.stdout, 'data').then(() => true),
        once(run, 'exit').then(() => false),
      ]);
      t.true(built);
      t.true(await waitUntil(() => childrenOf(pid).length === processCount[name], 20));
      const children = childrenOf(pid);
      t.is(netnsOf(pid).length, netnsCount[name]);

      run.kill('SIGKILL');
      t.true(await waitUntil(() => !children.some(isRunning), 10));
      await removeLeftovers();
      t.deepEqual(netnsOf(pid), []);
    },
  );
}

realTest('veth', 'namespaces of a run that lives, and of others, are left alone', async (t, scope) => {
  const path = await buildPath('veth', scope);
  await removeLeftovers();
  t.true([path.generatorNetns, path.sinkNetns].every((netns) => netnsNames().includes(netns)));
});
