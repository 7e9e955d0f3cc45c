import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JoinRule, Task, TaskOutcome, Tasks } from '../../../definitions/model/types.ts';
import { runGraph } from '../../../workflows/tasks/graph-runner.ts';
import type { Settlement } from '../../../workflows/state/settlement.ts';
import { gate } from '../../support/play.ts';

const joinRules: readonly JoinRule[] = [
  'allSucceeded', 'noneFailed', 'noneFailedMinOneSucceeded', 'allSettled', 'anySucceeded',
  'anyFailed', 'anySettled', 'allFailed', 'allSkipped', 'always',
]; // prettier-ignore

interface Trace {
  readonly outcomes: ReadonlyMap<string, TaskOutcome>;
  readonly events: readonly string[];
}

async function trace(
  tasks: Tasks,
  ends: (name: string) => TaskOutcome,
  isCancelled = () => false,
): Promise<Trace> {
  const events: string[] = [];
  const settlements = await runGraph(tasks, {
    isCancelled,
    start: async (name) => {
      events.push(`start ${name}`);
      return { outcome: ends(name) };
    },
    pass: (name) => events.push(`pass ${name}`),
    settled: (name) => events.push(`settled ${name}`),
  });
  return { outcomes: new Map([...settlements].map(([name, { outcome }]) => [name, outcome])), events };
}

const task = (...needs: string[]): Task => ({ activity: 'work', needs });

describe('runGraph', () => {
  it('starts a chain in order and independent tasks together (invariant 4)', async () => {
    const { events } = await trace({ a: task(), b: task('a'), c: task() }, () => 'succeeded');
    assert.deepEqual(events.slice(0, 2), ['start a', 'start c']);
    assert.ok(events.indexOf('settled a') < events.indexOf('start b'));
  });

  it('keeps blocked apart from skipped', async () => {
    const tasks = { fails: task(), skips: task(), afterFailure: task('fails'), afterSkip: task('skips') };
    const { outcomes } = await trace(tasks, (name) => (name === 'fails' ? 'failed' : 'skipped'));
    assert.equal(outcomes.get('afterFailure'), 'blocked');
    assert.equal(outcomes.get('afterSkip'), 'skipped');
  });

  it('says in the reason which needed task stood in the way', async () => {
    const settlements = await runGraph(
      { fails: task(), after: task('fails') },
      {
        isCancelled: () => false,
        start: () => Promise.resolve<Settlement>({ outcome: 'failed' }),
        pass: () => {},
        settled: () => {},
      },
    );
    assert.match(settlements.get('after')?.reason ?? '', /allSucceeded.*fails failed/);
  });

  it('starts a task with an early rule while others it needs are still running', async () => {
    const slow = gate();
    const started: string[] = [];
    await runGraph(
      { slow: task(), quick: task(), first: { ...task('slow', 'quick'), run: 'anySucceeded' } },
      {
        isCancelled: () => false,
        start: (name) => {
          started.push(name);
          if (name === 'first') slow.open();
          const ended: Settlement = { outcome: 'succeeded' };
          return name === 'slow' ? slow.passed.then(() => ended) : Promise.resolve(ended);
        },
        pass: () => {},
        settled: () => {},
      },
    );
    assert.deepEqual(started, ['slow', 'quick', 'first']);
  });

  it('starts nothing once the run is cancelled', async () => {
    let isCancelled = false;
    const { outcomes, events } = await trace(
      { a: task(), b: task('a') },
      () => {
        isCancelled = true;
        return 'cancelled';
      },
      () => isCancelled,
    );
    assert.deepEqual([...outcomes.values()], ['cancelled', 'cancelled']);
    assert.ok(!events.includes('start b'));
  });

  it('passes a fault of the interpreter on instead of hanging', async () => {
    const actions = {
      isCancelled: () => false,
      start: () => Promise.reject(new Error('fault')),
      pass: () => {},
      settled: () => {},
    };
    await assert.rejects(runGraph({ a: task() }, actions), /fault/);
  });

  it('ends at once without tasks', async () => {
    assert.equal((await trace({}, () => 'succeeded')).outcomes.size, 0);
  });

  it('settles 20,000 tasks blocked by one another', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `t${index}`);
    const tasks = Object.fromEntries(
      names.map((name, index) => [name, index === 0 ? task() : task(`t${index - 1}`)]),
    );
    const { outcomes } = await trace(tasks, () => 'failed');
    assert.equal(outcomes.get('t19999'), 'blocked');
  });

  it('decides every task of any graph exactly once, after all it needs unless its rule is early (invariants 3, 4)', async () => {
    const graphs = fc.array(
      fc.record({
        needs: fc.uniqueArray(fc.nat(30), { maxLength: 4 }),
        run: fc.constantFrom(...joinRules),
        ends: fc.constantFrom<TaskOutcome>('succeeded', 'failed', 'skipped'),
      }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(graphs, async (nodes) => {
        const tasks = Object.fromEntries(
          nodes.map(({ needs, run }, index) => {
            const earlier = needs.filter((need) => need < index).map((need) => `t${need}`);
            return [`t${index}`, { ...task(...earlier), run }];
          }),
        );
        const { outcomes, events } = await trace(
          tasks,
          (name) => nodes[Number(name.slice(1))]?.ends ?? 'failed',
        );
        assert.equal(outcomes.size, nodes.length);
        for (const [name, { needs = [], run }] of Object.entries(tasks)) {
          const decisions = events.filter((event) => event === `start ${name}` || event === `pass ${name}`);
          assert.equal(decisions.length, 1, name);
          assert.equal(events.filter((event) => event === `settled ${name}`).length, 1);
          if (run.startsWith('any')) continue;
          const decidedAt = events.indexOf(decisions[0] ?? '');
          for (const need of needs)
            assert.ok(events.indexOf(`settled ${need}`) < decidedAt, `${need} before ${name}`);
        }
      }),
    );
  });
});
