import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { startEngine, type Engine } from '../../support/engine.ts';
import { captureCli, type Captured } from '../captured-cli.ts';

describe('prose on a Temporal server', function () {
  this.timeout(180_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  const prose = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Captured> =>
    captureCli(args, { cwd: packageRoot, env: { TEMPORAL_ADDRESS: engine.address, ...env } });

  it('says how a run has ended to whoever operates it too late', async () => {
    const run = await engine.start(
      { name: 'over', tasks: { a: { activity: 'echo' } } },
      { echo: (input) => input },
    );
    await run.result();
    const id = run.workflowId;
    for (const args of [
      ['pause', id],
      ['resume', id],
      ...['skip', 'fail', 'approve'].map((verb) => [verb, id, '--task', 'a']),
    ]) {
      const { exitCode, stderr } = await prose(args);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, new RegExp(`${id} has ended already, as succeeded at 20`));
    }
  });

  it('says what expressions are worth in a run that waits, and in one that has ended', async () => {
    const run = await engine.start(
      {
        name: 'asked',
        tasks: {
          a: { activity: 'echo', with: { n: '${ params.n }' } },
          fails: { fail: { code: 'NOT', message: 'no' }, onFailure: 'continue' },
          wait: { needs: ['a'], wait: { approval: { message: 'Well?' } } },
        },
        finally: { last: { activity: 'echo' } },
      },
      { echo: (input) => input },
      { n: 3 },
    );
    const id = run.workflowId;
    const worth = async (...args: string[]): Promise<unknown> => {
      const { exitCode, stdout, stderr } = await prose(['eval', id, ...args]);
      assert.equal(exitCode, 0, stderr);
      return JSON.parse(stdout);
    };
    while ((await engine.status(run)).waiting.length === 0);
    assert.equal(await worth('tasks.a.n + params.n'), 6);
    assert.equal(await worth('is ${ errors.fails.type }'), 'is NOT');
    assert.deepEqual(await worth('${ {"has": has(tasks.wait)} }'), { has: false });
    const wrong = await prose(['eval', id, 'tasks.b.n']);
    assert.deepEqual(
      [wrong.exitCode, /EXPRESSION_ERROR.*tasks/su.test(wrong.stderr)],
      [2, true],
      wrong.stderr,
    );
    assert.equal((await prose(['approve', id, '--task', 'wait'])).exitCode, 0);
    await run.result();
    assert.deepEqual(await worth('[run.outcome, tasks.wait.approved]'), ['succeeded', true]);
    const several = await captureCli(['eval', id], {
      cwd: packageRoot,
      env: { TEMPORAL_ADDRESS: engine.address },
      stdin: 'params.n\n\nsize([1])\n',
    });
    assert.equal(several.stdout, '3\n1\n');
    const unknown = await prose(['eval', `no ${id}`, '1']);
    assert.match(unknown.stderr, /There is no run no asked/u);
  });

  it('names the task queue of a run that no worker of ours can take', async () => {
    const workflowId = `astray ${randomUUID()}`;
    const run = await engine.client.workflow.start('gate', { taskQueue: 'prosee', workflowId });
    const { exitCode, stderr } = await prose(['status', workflowId]);
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /'prosee'.* 'prose'/u);
    assert.ok(stderr.includes(`\`temporal workflow terminate --workflow-id '${workflowId}'\``), stderr);
    await run.terminate();
  });

  it('names the variable of a namespace that the server does not have', async () => {
    const { exitCode, stderr } = await prose(['list'], { TEMPORAL_NAMESPACE: 'nope' });
    assert.equal(exitCode, 1);
    assert.match(stderr, /'nope'.*TEMPORAL_NAMESPACE/u);
  });
});
