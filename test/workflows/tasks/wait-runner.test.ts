import assert from 'node:assert/strict';
import type { Tasks, Value, Wait } from '../../../definitions/model/types.ts';
import { RunControl } from '../../../workflows/control/run-control.ts';
import { Outcomes, type OutcomeRecord } from '../../../workflows/state/outcomes.ts';
import type { Timer } from '../../../workflows/tasks/wait-runner.ts';
import { play, type PlayOptions } from '../../support/play.ts';

const echo = (input: Value): Value => input;
const never = (): Timer => ({ ranOut: new Promise(() => {}), cancel: () => {} });
const waits = (wait: Wait): Tasks => ({
  pause: { wait },
  after: { needs: ['pause'], activity: 'echo', with: { value: '${ tasks.pause }' } },
});
const outcome = async (wait: Wait, options: PlayOptions = {}): Promise<Value | undefined> =>
  (await play(waits(wait), { echo }, options)).settlements.get('after')?.value;

describe('a wait', () => {
  it('lasts as long as it says', async () => {
    const asked: number[] = [];
    const startTimer = (ms: number): Timer => {
      asked.push(ms);
      return { ranOut: Promise.resolve(true), cancel: () => {} };
    };
    assert.deepEqual(await outcome({ for: '30m' }, { startTimer }), { value: {} });
    assert.deepEqual(asked, [1_800_000]);
  });

  it('takes how long from an expression, and refuses what is no duration', async () => {
    const asked: number[] = [];
    const startTimer = (ms: number): Timer => {
      asked.push(ms);
      return { ranOut: Promise.resolve(true), cancel: () => {} };
    };
    const pause = '${ params.pause }';
    assert.deepEqual(await outcome({ for: pause }, { startTimer, params: { pause: '2m' } }), { value: {} });
    assert.deepEqual(asked, [120_000]);
    for (const wrong of ['soon', '1.5h', 5, null]) {
      const played = await play(waits({ for: pause }), { echo }, { params: { pause: wrong } });
      assert.equal(played.settlements.get('pause')?.failure?.type, 'EXPRESSION_ERROR', JSON.stringify(wrong));
    }
  });

  it('does not wait for a time that is over', async () => {
    const until = '${ params.at }';
    const options = { startTimer: never, params: { at: '1970-01-01T00:00:00Z' } };
    assert.deepEqual(await outcome({ until }, options), { value: {} });
  });

  for (const at of [
    'tomorrow',
    '2026-01-01',
    '2026-01-01T10:00',
    '2026-13-01T10:00Z',
    7,
    '9999-01-01T00:00Z',
  ])
    it(`fails until ${at}`, async () => {
      const { settlements } = await play(waits({ until: '${ params.at }' }), { echo }, { params: { at } });
      assert.equal(settlements.get('pause')?.failure?.type, 'EXPRESSION_ERROR');
    });

  it('is shown as waiting, and ends cancelled with its timer', async () => {
    const control = new RunControl();
    const startTimer = (): Timer => {
      assert.equal(control.view()[0]?.for, 'time');
      return { ranOut: Promise.resolve(false), cancel: () => {} };
    };
    const played = await play(waits({ for: '1h' }), { echo }, { control, startTimer });
    assert.equal(played.settlements.get('pause')?.outcome, 'cancelled');
    assert.deepEqual(control.view(), []);
  });
});

describe('an approval', () => {
  const approval = { message: 'Promote ${ params.version }?' };

  for (const approved of [true, false])
    it(`is worth its answer: approved ${approved}`, async () => {
      const control = new RunControl();
      const answered = outcome({ approval }, { control, startTimer: never, params: { version: 'v2' } });
      while (control.view().length === 0) await Promise.resolve();
      assert.equal(control.view()[0]?.reason, 'Promote v2?');
      control.answer('pause', { approved, by: 'ada', note: 'seen' });
      assert.deepEqual(await answered, { value: { approved, by: 'ada', note: 'seen' } });
    });

  it('takes its default when nobody answers in time', async () => {
    const value = await outcome({ approval: { message: 'Promote?', timeout: '2h', default: 'reject' } });
    assert.deepEqual(value, { value: { approved: false, by: 'timeout', note: 'no answer within 2h' } });
  });

  it('is rejected without an answer in time and without a default, and says so beforehand', async () => {
    const control = new RunControl();
    const asked: string[] = [];
    const ask = control.ask.bind(control);
    control.ask = (path, question, now) => {
      asked.push(question);
      return ask(path, question, now);
    };
    const value = await outcome({ approval: { message: 'Promote?', timeout: '2h' } }, { control });
    assert.deepEqual(value, { value: { approved: false, by: 'timeout', note: 'no answer within 2h' } });
    assert.deepEqual(asked, ['Promote? (reject without an answer within 2h)']);
  });

  it('ends its timer when somebody answers', async () => {
    const control = new RunControl();
    let isCancelled = false;
    const startTimer = (): Timer => ({ ranOut: new Promise(() => {}), cancel: () => (isCancelled = true) });
    const wait = { approval: { message: 'Promote?', timeout: '2h', default: 'reject' } } as const;
    const answered = outcome(wait, { control, startTimer });
    while (control.view().length === 0) await Promise.resolve();
    control.answer('pause', { approved: true, by: '', note: '' });
    await answered;
    assert.equal(isCancelled, true);
  });
});

describe('a wait for labels', () => {
  const labels = { message: 'Label ${ params.n } pairs.', labelers: 2 };
  const params = { n: 4 };
  /** Lets `people` begin to wait. */
  async function untilAsked(control: RunControl): Promise<void> {
    while (control.view().length === 0) await Promise.resolve();
  }

  it('is over when so many people have labelled the whole sample, and shows meanwhile who has', async () => {
    const control = new RunControl();
    const value = outcome({ labels }, { control, startTimer: never, params });
    await untilAsked(control);
    assert.equal(control.view()[0]?.reason, 'Label 4 pairs. (by 2 people)');
    control.label({ task: 'pause', labeler: 'ada', labels: 4 });
    control.label({ task: 'pause', labeler: 'ada', labels: 4 });
    control.label({ task: 'pause', labeler: 'ben', labels: 3, done: false });
    assert.equal(control.view()[0]?.reason, 'Label 4 pairs. (by 2 people) · ada 4, ben 3 so far');
    control.label({ task: 'pause', labeler: 'ben', labels: 4 });
    assert.deepEqual(await value, { value: { complete: true, labelers: 2, labels: 8 } });
    assert.deepEqual(control.view(), []);
  });

  for (const [preset, expected] of [
    ['continue', { value: { complete: false, labelers: 1, labels: 4 } }],
    ['fail', 'LABELS_MISSING'],
  ] as const)
    it(`that people miss does as its default says: ${preset}`, async () => {
      const control = new RunControl();
      let runOut: (ranOut: boolean) => void = () => {};
      const startTimer = (): Timer => ({
        ranOut: new Promise((resolve) => (runOut = resolve)),
        cancel: () => {},
      });
      const wait = { labels: { ...labels, timeout: '7d', default: preset } };
      const played = play(waits(wait), { echo }, { control, startTimer, params });
      await untilAsked(control);
      control.label({ task: 'pause', labeler: 'ada', labels: 4 });
      runOut(true);
      const { settlements } = await played;
      const { value, failure } = settlements.get(preset === 'fail' ? 'pause' : 'after') ?? {};
      assert.deepEqual(failure?.type ?? value, expected);
    });

  it('goes on in another execution with what people have labelled', async () => {
    const control = new RunControl();
    const outcomes = new Outcomes();
    void play(waits({ labels }), { echo }, { control, outcomes, startTimer: never, params });
    await untilAsked(control);
    control.label({ task: 'pause', labeler: 'ada', labels: 4 });
    const record = JSON.parse(JSON.stringify(outcomes.record())) as OutcomeRecord;

    const next = new RunControl();
    const options = { control: next, outcomes: new Outcomes(record), startTimer: never, params };
    const played = play(waits({ labels }), { echo }, options);
    await untilAsked(next);
    next.label({ task: 'pause', labeler: 'ben', labels: 4 });
    const value = (await played).settlements.get('after')?.value;
    assert.deepEqual(value, { value: { complete: true, labelers: 2, labels: 8 } });
  });
});
