import assert from 'node:assert/strict';
import type { Tasks } from '../../../definitions/model/types.ts';
import { Labelling } from '../../../workflows/control/labelling.ts';
import { RunControl } from '../../../workflows/control/run-control.ts';

const tasks: Tasks = { explore: { forEach: { in: [1] }, tasks: { score: { activity: 'work' } } } };
const failure = { type: 'MODEL_DOWN', message: 'refused' };

describe('RunControl', () => {
  it('refuses to decide about tasks before they are known', () => {
    assert.equal(new RunControl().whyNotDecidable('explore')?.type, 'RUN_NOT_PINNED');
  });

  it('tells an unknown task from one that is not held, and what was probably meant', () => {
    const control = new RunControl();
    control.pin(tasks);
    void control.hold('explore[0].score', failure, 1);
    assert.equal(control.whyNotDecidable('explore[0].score'), undefined);
    const unknown = control.whyNotDecidable('explore[0].scores');
    assert.equal(unknown?.type, 'UNKNOWN_TASK');
    assert.match(unknown?.message ?? '', /explore\.score'/);
    const other = control.whyNotDecidable('explore[1].score');
    assert.equal(other?.type, 'TASK_NOT_HELD');
    assert.match(other?.message ?? '', /explore\[0\]\.score/);
  });

  it('names five of the tasks that are held, and says that there are more', () => {
    const control = new RunControl();
    const other = 'explore[9].score';
    const told = (): string => control.whyNotDecidable(other)?.message ?? '';
    control.pin(tasks);
    assert.match(told(), /None is\.$/);
    for (let index = 0; index < 5; index += 1) void control.hold(`explore[${index}].score`, failure, 1);
    assert.match(told(), /: explore\[0\]\.score, .*explore\[4\]\.score\.$/);
    void control.hold('explore[5].score', failure, 1);
    assert.match(told(), /explore\[4\]\.score, …\.$/);
  });

  it('takes a decision once', async () => {
    const control = new RunControl();
    control.pin(tasks);
    const decided = control.hold('explore[0].score', failure, 1);
    control.decide('explore[0].score', 'skip');
    control.decide('explore[0].score', 'retry');
    assert.equal(await decided, 'skip');
    assert.equal(control.whyNotDecidable('explore[0].score')?.type, 'TASK_NOT_HELD');
  });

  it('takes labels until enough people have labelled, and nothing of those who come after', async () => {
    const control = new RunControl();
    control.pin(tasks);
    let changes = 0;
    const path = 'explore[0].score';
    const collected = control.collect(path, 'Which is better?', 1, new Labelling(2), () => (changes += 1));
    control.label({ task: path, labeler: 'ann', labels: 3, done: false });
    assert.equal(control.view()[0]?.reason, 'Which is better? · ann 3 so far');
    control.label({ task: path, labeler: 'ann', labels: 4 });
    control.label({ task: path, labeler: 'ben', labels: 0 });
    control.label({ task: path, labeler: 'eve', labels: 2 });
    assert.deepEqual(await collected, { complete: true, labelers: 2, labels: 6 });
    control.label({ task: path, labeler: 'late', labels: 9 });
    control.endLabelling(path);
    assert.deepEqual([changes, control.view()], [4, []]);
  });

  it('pauses and resumes once each', () => {
    const control = new RunControl();
    assert.equal(control.whyNotResumable()?.type, 'NOT_PAUSED');
    control.pause();
    assert.equal(control.whyNotPausable()?.type, 'ALREADY_PAUSED');
    assert.equal(control.whyNotResumable(), undefined);
    control.resume();
    assert.equal(control.whyNotPausable(), undefined);
  });

  it('keeps waiting those whom a second pause overtakes', async () => {
    const control = new RunControl();
    let isThrough = false;
    control.pause();
    const waiting = control.untilResumed().then(() => (isThrough = true));
    control.resume();
    control.pause();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    assert.equal(isThrough, false);
    control.resume();
    await waiting;
  });

  it('ends a pause, and all that waits, when the run is cancelled', async () => {
    const control = new RunControl();
    control.pause();
    const through = control.untilResumed();
    const held = control.hold('explore[0].score', failure, 1);
    const asked = control.ask('review', 'Go on?', 1);
    control.cancel();
    await through;
    assert.deepEqual([await held, await asked], ['cancelled', 'cancelled']);
    assert.equal(control.whyNotPausable(), undefined);
    assert.deepEqual(control.view(), []);
  });

  it('shows at most 50', () => {
    const control = new RunControl();
    for (let index = 0; index < 60; index += 1) void control.hold(`explore[${index}].score`, failure, index);
    assert.equal(control.view().length, 50);
  });
});
