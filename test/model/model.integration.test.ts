import assert from 'node:assert/strict';
import { ApplicationFailure, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { stringify } from 'yaml';
import type { ActivityRequest } from '../../activities/activity.ts';
import type { Definition, Tasks, Value } from '../../definitions/model/types.ts';
import { startEngine, type Engine } from '../support/engine.ts';
import { payloads } from '../support/payloads.ts';
import { countsOf, countsOfModel, endOf, withoutMessages } from './compare.ts';
import { Model } from './model.ts';
import type { ActivityEnd } from './people.ts';
import { randomTasks } from './random-definition.ts';

const DEFINITIONS = 50;

type Run = Awaited<ReturnType<Engine['start']>>;
type HistoryEvent = NonNullable<Awaited<ReturnType<Run['fetchHistory']>>['events']>[number];
type Payloads = { readonly payloads?: Payload[] | null } | null | undefined;

/** What is large stands in a history as a reference. */
async function decode(encoded: Payloads): Promise<unknown> {
  const [payload] = await payloads.decode(encoded?.payloads ?? []);
  return JSON.parse(Buffer.from(payload?.data ?? []).toString());
}

/** What a history says of the activities of a run, in its order. */
type Step =
  | { readonly kind: 'scheduled'; readonly request: ActivityRequest; readonly activity: string }
  | { readonly kind: 'ended'; readonly task: string; readonly activity: string; readonly end: ActivityEnd }
  /** The interpreter has seen all that had happened, and has scheduled all that it wants to. */
  | { readonly kind: 'at rest' };

async function* stepsOf(events: readonly HistoryEvent[]): AsyncGenerator<Step> {
  const scheduled = new Map<string, { task: string; activity: string }>();
  let isDeciding = false;
  for (const event of events) {
    const {
      activityTaskScheduledEventAttributes: schedule,
      activityTaskCompletedEventAttributes: completion,
    } = event;
    const failure = event.activityTaskFailedEventAttributes;
    if (schedule) {
      const request = (await decode(schedule.input)) as ActivityRequest;
      const activity = schedule.activityType?.name ?? '';
      scheduled.set(String(event.eventId), { task: request.task, activity });
      yield { kind: 'scheduled', request, activity };
    } else if (isDeciding && (completion || failure || event.workflowTaskScheduledEventAttributes)) {
      isDeciding = false;
      yield { kind: 'at rest' };
    }
    const ended = scheduled.get(String((completion ?? failure)?.scheduledEventId));
    if (completion && ended) {
      const value = withoutMessages((await decode(completion.result)) as Value);
      yield { kind: 'ended', ...ended, end: { value } };
    }
    const error = failure?.failure?.applicationFailureInfo?.type ?? 'unknown';
    if (failure && ended) yield { kind: 'ended', ...ended, end: { error } };
    if (event.workflowTaskCompletedEventAttributes) isDeciding = true;
  }
}

/** Follows a history with the model: at each rest in flight is what must be, and nothing else. */
async function holdHistoryAgainst(model: Model, events: readonly HistoryEvent[]): Promise<void> {
  const running = new Map<string, Value>();
  let isPinned = false;
  for await (const step of stepsOf(events)) {
    const activity = step.kind === 'at rest' ? 'work' : step.activity;
    if (step.kind === 'ended' && activity === 'pinRun') isPinned = true;
    else if (step.kind === 'at rest' && isPinned) assert.deepEqual(running, model.inFlight);
    else if (step.kind === 'scheduled' && activity === 'tell') {
      assert.notEqual(model.outcome, undefined, 'finally has started too early');
      assert.deepEqual(step.request.with, { outcome: model.outcome });
    } else if (step.kind === 'scheduled' && activity === 'work')
      running.set(step.request.task, withoutMessages(step.request.with as Value));
    else if (step.kind === 'ended' && activity === 'work') {
      running.delete(step.task);
      model.end(step.task, step.end);
    }
  }
}

/** Without the order of a history: nothing in these definitions depends on it. */
function playOut(model: Model): void {
  for (let [next] = model.inFlight; next !== undefined; [next] = model.inFlight)
    model.end(next[0], endOf(next[1], 1));
}

function definitionOf(tasks: Tasks, number: number): Definition {
  const outputs = Object.fromEntries(Object.keys(tasks).map((name) => [name, `\${ tasks.${name} }`]));
  return {
    name: `random-${number}`,
    defaults: { retry: { maximumAttempts: 1 }, heartbeat: '10m' },
    tasks,
    finally: { last: { activity: 'tell', with: { outcome: '${ run.outcome }' } } },
    outputs,
  };
}

const activities = {
  tell: () => ({}),
  work: async (input: Value): Promise<Value> => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    const end = endOf(input, 1);
    if ('error' in end) throw ApplicationFailure.nonRetryable(end.error, end.error);
    return end.value;
  },
};

describe('the interpreter on Temporal and the model of definitions', function () {
  this.timeout(300_000);
  let engine: Engine;
  before(async () => {
    engine = await startEngine();
  });
  after(() => engine.close());

  /** @param outputs of the run, which has ended; undefined if it failed. */
  async function holdAgainstModel(definition: Definition, run: Run, outputs: unknown): Promise<void> {
    const model = new Model(definition.tasks);
    const events = (await run.fetchHistory()).events ?? [];
    // What is nested deeply runs in slices with histories of their own: then there is no one order to hold the model against.
    const isSliced = events.some((event) => event.startChildWorkflowExecutionInitiatedEventAttributes);
    if (isSliced) playOut(model);
    else await holdHistoryAgainst(model, events);
    assert.equal(outputs === undefined ? 'failed' : 'succeeded', model.outcome);
    if (!isSliced) {
      const { tasks } = await engine.status(run);
      const counts = new Map([...countsOf(tasks)].filter(([key]) => key !== 'last succeeded'));
      assert.deepEqual(counts, countsOfModel(model.ended));
    }
    if (outputs === undefined) return;
    const values = Object.keys(definition.tasks).map((name) => [name, model.ended.get(name)?.value ?? null]);
    assert.deepEqual(withoutMessages(outputs as Value), withoutMessages(Object.fromEntries(values)));
  }

  it(`agree on ${DEFINITIONS} random definitions: the order in the history, every outcome, every value`, async () => {
    const drawn = fc.sample(randomTasks({ isTimeless: true }), DEFINITIONS);
    const ended = await Promise.all(
      drawn.map(async (tasks, number) => {
        const definition = definitionOf(tasks, number);
        const run = await engine.start(definition, activities);
        const outputs: unknown = await run.result().catch(() => undefined);
        return { definition, run, outputs };
      }),
    );
    // One after the other: fifty queries at once, each replaying a run, would keep a worker busy beyond their deadline.
    for (const { definition, run, outputs } of ended)
      await holdAgainstModel(definition, run, outputs).catch((cause: unknown) => {
        throw new Error(`They disagree on\n${stringify(definition)}`, { cause });
      });
  });
});
