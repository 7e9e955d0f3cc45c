import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Task, TaskOutcome, Tasks } from '../../../definitions/model/types.ts';
import type { SettledInstance, OutcomeRecord } from '../../../workflows/state/outcomes.ts';
import { resetItems, resetOutcomes } from '../../../workflows/executions/reset-outcomes.ts';

const ended = (outcome: TaskOutcome): SettledInstance => ({ outcome, startedAt: 1, endedAt: 2 });
const made = (outcome: TaskOutcome): SettledInstance => ({ ...ended(outcome), parts: true });
const keptOf = (tasks: Tasks, settled: OutcomeRecord['settled'], chosen?: string): string[] | undefined => {
  const kept = resetOutcomes(tasks, { settled, open: {} }, chosen);
  return kept && Object.keys(kept.settled).toSorted();
};
const task = (...needs: string[]): Task => ({ needs, activity: 'work' });

describe('resetOutcomes', () => {
  const pipeline: Tasks = {
    each: {
      forEach: { in: [1, 2] },
      tasks: { one: task(), two: task('one'), side: task() },
    },
    after: task('each'),
  };
  const failedItem = {
    'each[0].one': ended('succeeded'),
    'each[0].two': ended('succeeded'),
    'each[0].side': ended('succeeded'),
    'each[0]': made('succeeded'),
    'each[1].one': ended('failed'),
    'each[1].two': ended('blocked'),
    'each[1].side': ended('succeeded'),
    'each[1]': made('failed'),
    each: made('failed'),
    after: ended('blocked'),
  };

  it('keeps the items, and the tasks of a failed item, that have succeeded', () => {
    const kept = ['each[0]', 'each[0].one', 'each[0].side', 'each[0].two', 'each[1].side'];
    assert.deepEqual(keptOf(pipeline, failedItem), kept);
  });

  it('runs a chosen task again with all that needs it, in its item and after it', () => {
    const all = Object.fromEntries(
      Object.entries(failedItem).map(([path, outcome]) => [
        path,
        { ...outcome, outcome: 'succeeded' as const },
      ]),
    );
    const others = ['each[0].side', 'each[1]', 'each[1].one', 'each[1].side', 'each[1].two'];
    assert.deepEqual(keptOf(pipeline, all, 'each[0].one'), others);
    assert.deepEqual(keptOf(pipeline, all, 'each'), []);
    assert.equal(keptOf(pipeline, all, 'each[7]'), undefined);
  });

  it('keeps the rounds before the one that failed, and none where all have but did not suffice', () => {
    const tasks: Tasks = { loop: { repeat: { maxRounds: 3 }, activity: 'work' } };
    const rounds = { 'loop@0': ended('succeeded'), 'loop@1': ended('failed'), loop: made('failed') };
    assert.deepEqual(keptOf(tasks, rounds), ['loop@0']);
    assert.deepEqual(keptOf(tasks, { ...rounds, 'loop@1': ended('succeeded') }), []);
  });

  it('keeps what is tolerated, and waits that have begun', () => {
    const tasks: Tasks = {
      a: { activity: 'work', onFailure: 'continue' },
      ask: { wait: { for: '1h' } },
      b: task(),
    };
    const open = { ask: { startedAt: 1, waitingSince: 1 }, b: { startedAt: 1 } };
    const record = { settled: { a: ended('failed') }, open };
    assert.deepEqual(resetOutcomes(tasks, record), { ...record, open: { ask: open.ask } });
  });

  describe('of what has workflows of its own', () => {
    const slice = (outcome: TaskOutcome, count: number): SettledInstance => ({
      ...ended(outcome),
      value: { tally: { count } },
    });
    const tasks: Tasks = {
      sub: { workflow: 'other' },
      each: { forEach: { in: [] }, activity: 'work' },
      after: { needs: ['each'], workflow: 'other' },
    };
    const settled = {
      sub: ended('failed'),
      'each[0..5]': slice('failed', 3),
      'each[3..5]': slice('succeeded', 2),
      'each[5..9]': slice('succeeded', 4),
      each: made('failed'),
      after: { outcome: 'blocked' as const, endedAt: 2 },
    };
    const opened = (chosen?: string, open: OutcomeRecord['open'] = {}): OutcomeRecord['open'] | undefined =>
      resetOutcomes(tasks, { settled, open }, chosen)?.open;

    it('goes on with a run or a slice that has failed, and keeps what the slice had left over', () => {
      assert.deepEqual(keptOf(tasks, settled), ['each[3..5]', 'each[5..9]']);
      assert.deepEqual(opened(), {
        sub: { startedAt: 1, resumes: {} },
        'each[0..5]': { startedAt: 1, resumes: { items: 3 } },
      });
    });

    it('hands a chosen task on to the slice that has its item, and begins a chosen run anew', () => {
      assert.deepEqual(opened('each[4]')?.['each[3..5]']?.resumes, { task: 'each[4]', items: 2 });
      assert.deepEqual(opened('each[4]')?.['each[0..5]']?.resumes, { items: 3 });
      assert.equal(opened('sub')?.['sub'], undefined);
      assert.deepEqual(Object.keys(opened('each') ?? {}), ['sub']);
      assert.deepEqual(Object.keys(opened('each[0..5]') ?? {}), ['sub']);
      assert.equal(opened('each[9]'), undefined);
    });

    it('goes on with what was cut off, and knows still how far a slice had come', () => {
      const open = { sub: { startedAt: 7 }, 'each[0..5]': { startedAt: 8, resumes: { items: 3 } } };
      const { sub: _, 'each[0..5]': __, ...rest } = settled;
      assert.deepEqual(resetOutcomes(tasks, { settled: rest, open })?.open, {
        sub: { startedAt: 7, resumes: {} },
        'each[0..5]': { startedAt: 8, resumes: { items: 3 } },
      });
    });

    it('keeps of a slice the items that have succeeded, and knows of no task that has not begun', () => {
      const record = {
        settled: { 'each[3]': ended('succeeded'), 'each[4]': ended('failed') },
        open: { 'each[5]': { startedAt: 1 } },
      };
      const reset = (chosen?: string): string[] =>
        Object.keys(resetItems(tasks['each'] ?? task(), 'each', record, chosen).settled);
      assert.deepEqual(reset(), ['each[3]']);
      assert.deepEqual(reset('each[3]'), []);
      assert.deepEqual(reset('each[8]'), ['each[3]']);
    });
  });

  it('keeps nothing bad, nothing that needs what runs again, and the same when asked twice', () => {
    const outcomes = fc.constantFrom<TaskOutcome>('succeeded', 'failed', 'skipped', 'blocked', 'cancelled');
    const dags = fc.array(fc.tuple(outcomes, fc.array(fc.nat(30), { maxLength: 3 })), { maxLength: 12 });
    fc.assert(
      fc.property(dags, fc.option(fc.nat(11)), (dag, index) => {
        const needsOf = (needs: number[], own: number): string[] =>
          own === 0 ? [] : [...new Set(needs.map((need) => `t${need % own}`))];
        const tasks = Object.fromEntries(
          dag.map(([, needs], own) => [`t${own}`, task(...needsOf(needs, own))]),
        );
        const settled = Object.fromEntries(dag.map(([outcome], own) => [`t${own}`, ended(outcome)]));
        const chosen = index !== null && index < dag.length ? `t${index}` : undefined;
        const kept = resetOutcomes(tasks, { settled, open: {} }, chosen);
        assert.ok(kept !== undefined);
        for (const [path, { outcome }] of Object.entries(kept.settled)) {
          assert.ok(outcome === 'succeeded' || outcome === 'skipped');
          assert.notEqual(path, chosen);
          assert.ok((tasks[path]?.needs ?? []).every((need) => Object.hasOwn(kept.settled, need)));
        }
        // And whatever is not kept has a reason.
        for (const [path, { outcome }] of Object.entries(settled)) {
          const isBad = outcome !== 'succeeded' && outcome !== 'skipped';
          const isAfter = (tasks[path]?.needs ?? []).some((need) => !Object.hasOwn(kept.settled, need));
          if (!Object.hasOwn(kept.settled, path)) assert.ok(isBad || isAfter || path === chosen);
        }
        assert.deepEqual(resetOutcomes(tasks, kept), kept);
      }),
    );
  });
});
