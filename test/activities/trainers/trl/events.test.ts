import assert from 'node:assert/strict';
import { lossCurve, parseEvent, type TrainingEvent } from '../../../../activities/trainers/trl/events.ts';

const log = (step: number, loss: number): TrainingEvent => ({ event: 'log', step, steps: 4, loss });

describe('what a training tells', () => {
  it('is read line by line, and what is no event is passed over', () => {
    assert.deepEqual(parseEvent('{"event":"checkpoint","step":3}'), { event: 'checkpoint', step: 3 });
    for (const line of [
      '',
      'Loading weights: 100%',
      '{"event":"log","step":',
      '{"event":"dance"}',
      '[1]',
      'null',
    ])
      assert.equal(parseEvent(line), undefined, line);
  });

  it('makes one curve of a training that was continued: what came after the checkpoint counts once', () => {
    const start = (step: number): TrainingEvent => ({ event: 'start', step, steps: 4, microBatch: 4 });
    const heldOut: TrainingEvent = { event: 'log', step: 2, steps: 4, heldOutLoss: 2.5 };
    const curve = lossCurve([
      start(0),
      log(1, 4),
      log(2, 3),
      heldOut,
      log(3, 9),
      start(2),
      log(3, 2),
      log(4, 1),
    ]);
    assert.deepEqual(curve, [
      { step: 1, loss: 4 },
      { step: 2, loss: 3, heldOutLoss: 2.5 },
      { step: 3, loss: 2 },
      { step: 4, loss: 1 },
    ]);
  });
});
