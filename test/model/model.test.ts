import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { setImmediate as afterMicrotasks } from 'node:timers/promises';
import fc from 'fast-check';
import type { Tasks, Value } from '../../definitions/model/types.ts';
import { RunControl } from '../../workflows/control/run-control.ts';
import type { Timer } from '../../workflows/tasks/wait-runner.ts';
import { play, PlayedFailure, type Played } from '../support/play.ts';
import { countsOf, countsOfModel, endOf, withoutMessages } from './compare.ts';
import type { Ended } from './join-table.ts';
import { Model } from './model.ts';
import type { ActivityEnd } from './people.ts';
import { randomTasks } from './random-definition.ts';

/** As many definitions as one run of the tests goes through. */
const DEFINITIONS = 1_000;

const DECISIONS = ['skip', 'fail', 'retry'] as const;
/** From this step on nothing is retried: no retry helps an input that cannot be evaluated. */
const LAST_RETRY = 60;

/** Activities of the interpreter that have been started and not ended yet. */
interface Running {
  readonly input: Value;
  readonly end: (end: ActivityEnd) => void;
}

/** Plays a definition, ending and deciding in the order that `choices` give, and holds it against the model at every step. */
async function holdAgainstModel(tasks: Tasks, choices: readonly number[]): Promise<void> {
  const model = new Model(tasks);
  const running = new Map<string, Running>();
  const control = new RunControl();
  const attempts = new Map<string, number>();
  const limits = new Map<string, () => void>();
  const startTimer = (_ms: number, task: string): Timer => {
    const ended = new EventEmitter();
    const end = (ranOut: boolean): void => {
      limits.delete(task);
      ended.emit('end', ranOut);
    };
    limits.set(task, () => end(true));
    const ranOut = once(ended, 'end').then(([isSo]) => isSo === true);
    return { ranOut, cancel: () => end(false) };
  };
  const work = (input: Value, { task }: { task: string }): Promise<Value> =>
    new Promise((resolve, reject) => {
      const end = (how: ActivityEnd): void =>
        'value' in how ? resolve(how.value) : reject(new PlayedFailure(how.error));
      assert.ok(!running.has(task), `${task} was started twice`);
      running.set(task, { input, end });
    });
  let played: Played | undefined;
  const playing = play(tasks, { work }, { control, startTimer }).then((result) => (played = result));
  for (let step = 0; ; step++) {
    await afterMicrotasks();
    assert.deepEqual(
      new Map([...running].map(([path, { input }]) => [path, withoutMessages(input)])),
      model.inFlight,
    );
    const waiting = (states: readonly string[]): string[] =>
      control.view().flatMap(({ task, for: what }) => (states.includes(what) ? [task] : []));
    assert.deepEqual(new Set(waiting(['decision'])), model.held);
    assert.deepEqual(new Set(waiting(['approval', 'labels'])), new Set(model.asked.keys()));
    const open = [...model.inFlight.keys(), ...model.held, ...model.asked.keys()].toSorted();
    if (open.length === 0) break;
    const choice = choices[step % choices.length] ?? 0;
    const path = open[choice % open.length] ?? '';
    const input = model.inFlight.get(path);
    const wait = model.asked.get(path);
    if (wait !== undefined) {
      const runOut = limits.get(path);
      const hasEnded = step >= LAST_RETRY;
      if (choice % 3 === 0 && runOut !== undefined) {
        runOut();
        model.runOut(path);
      } else if ('approval' in wait) {
        const approved = choice % 2 === 0;
        control.answer(path, { approved, by: '', note: '' });
        model.answer(path, approved);
      } else {
        const [labeler, labels, done] = [
          `person ${step}`,
          hasEnded ? 1 : choice % 3,
          hasEnded || choice % 2 === 0,
        ];
        control.label({ task: path, labeler, labels, done });
        model.label(path, labeler, labels, done);
      }
    } else if (input === undefined) {
      const decision = DECISIONS[choice % (step < LAST_RETRY ? 3 : 2)] ?? 'skip';
      control.decide(path, decision);
      model.decide(path, decision);
    } else {
      const attempt = (attempts.get(path) ?? 0) + 1;
      attempts.set(path, attempt);
      const end = endOf(input, attempt);
      running.get(path)?.end(end);
      running.delete(path);
      model.end(path, end);
    }
  }
  assert.ok(played !== undefined, 'nothing is in flight, and yet the run has not ended');
  await playing;
  assert.deepEqual(endsOf(played), new Map([...model.ended].filter(([path]) => !/[.[]/.test(path))));
  assert.deepEqual(countsOf(played.status), countsOfModel(model.ended));
}

/** By name, the ends of the run's own tasks, from either side. */
function endsOf(played: Played): Map<string, Ended> {
  const ends = [...played.settlements].map(
    ([name, { outcome, value, failure, caught, tolerated }]): [string, Ended] => [
      name,
      {
        outcome,
        ...(value === undefined ? {} : { value: withoutMessages(value) }),
        ...(failure === undefined ? {} : { error: failure.type }),
        ...(caught === undefined ? {} : { caught: caught.type }),
        ...(tolerated === true ? { tolerated } : {}),
      },
    ],
  );
  return new Map(ends);
}

/** Plays a definition up to a moment, then cancels it. */
async function cancelAt(tasks: Tasks, moment: number): Promise<void> {
  const running = new Map<string, (value: Value) => void>();
  const control = new RunControl();
  let isCancelled = false;
  const work = (input: Value, { task }: { task: string }): Promise<Value> => {
    assert.ok(!isCancelled, `${task} was started after the cancellation`);
    const end = endOf(input, 1);
    if ('error' in end) throw new PlayedFailure(end.error);
    return new Promise((resolve) => running.set(task, resolve));
  };
  const endOne = (): void => {
    const [path, resolve] = [...running][0] ?? [];
    if (path !== undefined) running.delete(path);
    resolve?.({});
  };
  let played: Played | undefined;
  const playing = play(tasks, { work }, { control, isCancelled: () => isCancelled }).then(
    (result) => (played = result),
  );
  for (let step = 0; step < moment; step += 1) {
    await afterMicrotasks();
    endOne();
  }
  isCancelled = true;
  control.cancel();
  while (running.size > 0) {
    endOne();
    await afterMicrotasks();
  }
  await afterMicrotasks();
  assert.ok(played !== undefined, 'nothing is in flight, and yet the run has not ended');
  await playing;
  assert.deepEqual([...played.settlements.keys()].toSorted(), Object.keys(tasks).toSorted());
  const open = ['running', 'held', 'waiting'];
  const left = [...countsOf(played.status).keys()].filter((key) => open.includes(key.split(' ')[1] ?? ''));
  assert.deepEqual(left, [], 'instances that never ended');
}

describe('the interpreter and the model of definitions', function () {
  this.timeout(120_000);
  it('agree on what is in flight at every moment, and on every outcome and value', async () => {
    const choices = fc.array(fc.nat(), { minLength: 1, maxLength: 40 });
    await fc.assert(fc.asyncProperty(randomTasks(), choices, holdAgainstModel), { numRuns: DEFINITIONS });
  });

  it('a cancellation at any moment lets nothing start any more and leaves nothing without an end', async () => {
    await fc.assert(fc.asyncProperty(randomTasks(), fc.nat(30), cancelAt), { numRuns: 300 });
  });
});
