import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Tasks, Value } from '../../../definitions/model/types.ts';
import { Outcomes } from '../../../workflows/state/outcomes.ts';
import { resetOutcomes } from '../../../workflows/executions/reset-outcomes.ts';
import {
  isTooLarge,
  planSlices,
  runLanes,
  SLICE_LIMITS,
  type SliceLimits,
} from '../../../workflows/items/slices.ts';
import { play, PlayedFailure, type Played } from '../../support/play.ts';

const limits = (activities: number, rest: Partial<SliceLimits> = {}): SliceLimits => ({
  ...SLICE_LIMITS,
  activities,
  ofSlice: activities,
  ...rest,
});
const echo = (input: Value): Value => input;
const fieldOf = (input: Value, name: string): Value => (input as { [name: string]: Value })[name] ?? null;
/** Fails for the items listed. */
const failFor =
  (items: readonly Value[]) =>
  (input: Value): Value => {
    if (items.includes(fieldOf(input, 'n'))) throw new PlayedFailure('MODEL_DOWN', `no answer`);
    return input;
  };

describe('planSlices', () => {
  const anyLimits = fc.record({
    activities: fc.integer({ min: 1, max: 20 }),
    ofSlice: fc.integer({ min: 1, max: 40 }),
    open: fc.integer({ min: 1, max: 6 }),
    fills: fc.integer({ min: 1, max: 4 }),
    slices: fc.integer({ min: 2, max: 9 }),
    givenChars: fc.integer({ min: 4, max: 60 }),
    keptChars: fc.constant(1_000),
  });

  it('covers every item once, in order, with shares that sum to the concurrency (invariant 4)', () => {
    fc.assert(
      fc.property(
        anyLimits,
        fc.nat(60),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        (bounds, count, perItem, concurrency) => {
          const items = Array.from({ length: count }, (_, index) => index);
          if (!isTooLarge({ from: 7, items }, perItem, bounds)) return;
          const plan = planSlices({ from: 7, items }, perItem, concurrency, bounds);
          assert.deepEqual(
            plan.spans.flatMap((span) => span.items),
            items,
          );
          for (const span of plan.spans) assert.equal(span.from, 7 + Number(span.items[0]));
          assert.equal(
            plan.shares.reduce((sum, share) => sum + share, 0),
            concurrency,
          );
          assert.ok(plan.shares.every((share) => share > 0) && plan.shares.length <= bounds.open);
          for (const span of plan.spans)
            assert.ok(span.items.length < count || !isTooLarge(span, perItem, bounds, plan.room));
        },
      ),
    );
  });

  it('leaves a span whole that one history has room for', () => {
    const items = Array.from({ length: 500 }, () => 0);
    assert.equal(isTooLarge({ from: 0, items }, 2, SLICE_LIMITS), false);
    assert.equal(isTooLarge({ from: 0, items }, 3, SLICE_LIMITS), true);
  });

  it('gives no slice more than its room, and no workflow more than 500 slices, for 100,000 items', () => {
    const items = Array.from({ length: 100_000 }, () => 0);
    const spans = planSlices({ from: 0, items }, 1, 200, SLICE_LIMITS).spans;
    assert.ok(spans.length >= 50 && spans.length <= 500);
    assert.ok(spans.every((span) => span.items.length <= 2_000));
    assert.ok(planSlices({ from: 0, items }, 50, 200, SLICE_LIMITS).spans.length <= 504);
  });

  it('has few slices at once with much in flight where they are long, and many where they are short', () => {
    const items = Array.from({ length: 10_000 }, () => 0);
    const lanes = (perItem: number): number =>
      planSlices({ from: 0, items }, perItem, 100, SLICE_LIMITS).shares.length;
    assert.deepEqual([lanes(1), lanes(2), lanes(10), lanes(100)], [1, 2, 8, 8]);
  });

  it('makes slices smaller whose items are large', () => {
    const items = Array.from({ length: 10 }, () => 'x'.repeat(100));
    const spans = planSlices({ from: 0, items }, 1, 1, limits(9, { givenChars: 210 })).spans;
    assert.ok(spans.every((span) => span.items.length <= 2));
  });
});

describe('runLanes', () => {
  it('runs what a slice leaves over as another slice', async () => {
    const seen: [number, number][] = [];
    const plan = { spans: [{ from: 0, items: [1, 2, 3, 4, 5] }], shares: [2] };
    await runLanes(plan, async ({ from, items }) => {
      seen.push([from, items.length]);
      return Math.min(2, items.length);
    });
    assert.deepEqual(seen, [
      [0, 5],
      [2, 3],
      [4, 1],
    ]);
  });
});

describe('a forEach in slices', () => {
  /** Groups, an inner forEach, conditions, outer values, tolerated and failing items. */
  const tasks = (items: Value, maxFailures: number | string): Tasks => ({
    before: { activity: 'echo', with: { k: 10, unused: 'x' } },
    each: {
      needs: ['before'],
      forEach: { in: items, as: 'n', concurrency: 5, maxFailures },
      tasks: {
        first: { activity: 'work', with: { n: '${ n }', k: '${ tasks.before.k }' } },
        odd: {
          needs: ['first'],
          when: 'n % params.two == 1',
          activity: 'echo',
          with: { sum: '${ tasks.first.k + n }' },
        },
        soft: { activity: 'work', onFailure: 'continue', with: { n: '${ n + 1 }' } },
        inner: {
          needs: ['first'],
          forEach: { in: '${ range(n) }', as: 'm', maxFailures: '50%' },
          activity: 'work',
          with: { n: '${ m }', of: '${ n }' },
        },
      },
    },
    after: { needs: ['each'], run: 'allSettled', activity: 'echo', with: { all: '${ tasks.each }' } },
  });
  const outcomeOf = ({ settlements, called, status, failures }: Played): unknown => ({
    settlements: [...settlements].toSorted(([a], [b]) => a.localeCompare(b)),
    called: called.toSorted(),
    status: status.map((task) => JSON.parse(JSON.stringify(task, withoutTimes)) as unknown),
    failures: failures.map(({ task, type, tolerated }) => `${task} ${type} ${tolerated}`).toSorted(),
  });
  const withoutTimes = (key: string, value: unknown): unknown =>
    key === 'startedAt' || key === 'endedAt' || key === 'reason' ? undefined : value;

  it('comes to what it comes to unsliced, whatever the size of the slices', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(6), { maxLength: 12 }),
        fc.subarray([0, 1, 2, 3, 4, 5, 6]),
        fc.constantFrom(0, 2, '40%'),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (items, bad, maxFailures, activities, everyNth) => {
          const options = { params: { two: 2 } };
          const work = failFor(bad);
          const whole = await play(tasks(items, maxFailures), { work, echo }, options);
          let asked = 0;
          const sliced = await play(
            tasks(items, maxFailures),
            { work, echo },
            {
              ...options,
              limits: limits(activities, { open: 3, slices: 4 }),
              isFull: () => (asked += 1) % everyNth === 0,
            },
          );
          assert.deepEqual(outcomeOf(sliced), outcomeOf(whole));
        },
      ),
      { numRuns: 150 },
    );
  });

  const over = (items: Value, concurrency = 16): Tasks => ({
    each: { forEach: { in: items, as: 'n', concurrency }, activity: 'work', with: { n: '${ n }' } },
  });

  it('has more room in a slice than beside other tasks, but not for what is within an item', async () => {
    const bounds = limits(5, { ofSlice: 12 });
    const { slices } = await play(over('${ range(20) }', 4), { work: echo }, { limits: bounds });
    assert.deepEqual(
      slices.map(({ items }) => items.length),
      [10, 10],
    );
    const nested: Tasks = {
      outer: {
        forEach: { in: '${ range(6) }', as: 'm' },
        tasks: { each: { forEach: { in: '${ range(8) }', as: 'n' }, activity: 'work', with: {} } },
      },
    };
    const inner = await play(nested, { work: echo }, { limits: bounds });
    const [sliced] = inner.slices.filter(({ path }) => path === 'outer[0].each');
    assert.equal(sliced?.items.length, 8);
  });

  it('hands a slice its own items and no more than they refer to', async () => {
    const { slices } = await play(
      tasks([1, 2, 3, 4], 0),
      { work: echo, echo },
      { params: { two: 2, secret: 1 }, limits: limits(60) },
    );
    assert.ok(slices.length > 1);
    assert.deepEqual(
      slices.flatMap(({ items }) => items),
      [1, 2, 3, 4],
    );
    assert.deepEqual(slices[0]?.scope, {
      fixed: { params: { two: 2 } },
      tasks: { before: { k: 10, unused: 'x' } },
      withheld: {},
      schemas: {},
    });
  });

  it('never has more items in flight than its concurrency, over all slices (invariant 4)', async () => {
    let inFlight = 0;
    let most = 0;
    const work = async (): Promise<Value> => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await Promise.resolve();
      await Promise.resolve();
      inFlight -= 1;
      return {};
    };
    await play(over('${ range(100) }', 10), { work }, { limits: limits(7) });
    assert.ok(most > 1 && most <= 10, `${most}`);
  });

  it('names a failed item by its own path', async () => {
    const { failures, settlements } = await play(
      over('${ range(40) }'),
      { work: failFor([30]) },
      { limits: limits(5) },
    );
    assert.deepEqual(
      failures.map(({ task }) => task),
      ['each[30]'],
    );
    assert.match(settlements.get('each')?.failure?.message ?? '', /1 of 40 items failed; the first, \[30\]/);
  });

  it('fails where the items refer to more than a slice can be given', async () => {
    const each = over('${ range(40) }')['each'];
    const outcomes = new Outcomes();
    const { settlements, called } = await play(
      { each: { ...each, activity: 'work', with: { n: '${ params.text }' } } },
      { work: echo },
      { params: { text: 'x'.repeat(500) }, limits: limits(5, { givenChars: 400 }), outcomes },
    );
    assert.deepEqual(called, []);
    // Each slice is written down as failed: another execution knows that it has ended.
    const ended = outcomes.slicesOf('each');
    assert.equal(
      ended.reduce((sum, { from, to }) => sum + to - from, 0),
      40,
    );
    for (const { from, to } of ended)
      assert.equal(outcomes.settled(`each[${from}..${to}]`)?.failure?.type, 'EXPRESSION_ERROR');
    assert.match(settlements.get('each')?.failure?.message ?? '', /40 of 40 items failed.*400 are the most/);
  });

  it('ends items that were never started as cancelled when the run is cancelled', async () => {
    let done = 0;
    const work = (): Value => ({ n: (done += 1) });
    const { settlements, status } = await play(
      over('${ range(40) }', 1),
      { work },
      { limits: limits(5), isCancelled: () => done >= 12 },
    );
    assert.equal(settlements.get('each')?.outcome, 'cancelled');
    assert.deepEqual([status[0]?.counts.succeeded, status[0]?.counts.cancelled], [12, 28]);
  });

  it('keeps its finished slices when it goes on, however slices are cut by then', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 60 }),
        fc.nat(19),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 9 }),
        async (count, bad, before, after, everyNth) => {
          const each = over(`\${ range(${count}) }`, 2);
          const had = new Outcomes();
          let asked = 0;
          const isFull = (): boolean => (asked += 1) % everyNth === 0;
          const work = failFor([bad]);
          const first = await play(each, { work }, { limits: limits(before), outcomes: had, isFull });
          const outcomes = new Outcomes(resetOutcomes(each, had.record()));
          const again = await play(each, { work: echo }, { limits: limits(after), outcomes, isFull });
          assert.deepEqual(
            again.settlements.get('each')?.value,
            Array.from({ length: count }, (_, n) => ({ status: 'succeeded', output: { n }, error: null })),
          );
          // A slice that ended early has been followed by one with what it had left over.
          const failing = first.slices.findLast(
            ({ from, items }) => from <= bad && bad < from + items.length,
          );
          const { from = 0, items = [] } = failing ?? {};
          const mayRun = items.map((_, index) => `each[${from + index}]`);
          assert.ok(again.called.includes(`each[${bad}]`));
          assert.deepEqual(
            again.called.filter((path) => !mayRun.includes(path)),
            [],
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  describe('whose results are too large', () => {
    const reading = (with_: Value): Tasks => ({
      ...over('${ range(40) }'),
      after: { needs: ['each'], activity: 'echo', with: { it: with_ } },
    });

    it('keeps its counts, and fails what reads its value', async () => {
      const bounds = limits(5, { keptChars: 100 });
      const { settlements, status } = await play(
        reading('${ tasks.each.size() }'),
        { work: echo, echo },
        { limits: bounds },
      );
      assert.equal(settlements.get('each')?.outcome, 'succeeded');
      assert.equal(status[0]?.counts.succeeded, 40);
      const { failure } = settlements.get('after') ?? {};
      assert.equal(failure?.type, 'EXPRESSION_ERROR');
      assert.match(failure?.message ?? '', /too large to be read/);
    });

    it('withholds the group around it, unless that has outputs of its own', async () => {
      const bounds = limits(5, { keptChars: 100 });
      const group = (outputs?: { n: Value }): Tasks => ({
        group: { tasks: over('${ range(40) }'), ...(outputs === undefined ? {} : { outputs }) },
        after: { needs: ['group'], activity: 'echo', with: { it: '${ tasks.group }' } },
      });
      const without = await play(group(), { work: echo, echo }, { limits: bounds });
      assert.equal(without.settlements.get('after')?.failure?.type, 'EXPRESSION_ERROR');
      const withOutputs = await play(group({ n: 1 }), { work: echo, echo }, { limits: bounds });
      assert.deepEqual(withOutputs.settlements.get('after')?.value, { it: { n: 1 } });
    });

    it('does not trouble what reads other values', async () => {
      const { settlements } = await play(
        reading('${ run.id }'),
        { work: echo, echo },
        { limits: limits(5, { keptChars: 100 }) },
      );
      assert.equal(settlements.get('after')?.outcome, 'succeeded');
    });
  });
});
