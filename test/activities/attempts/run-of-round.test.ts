import assert from 'node:assert/strict';
import { runOfRound } from '../../../activities/attempts/run-of-round.ts';

const run = { runId: 'nightly', definition: 'd', settingsDigest: 's', digest: 'x', seed: 7 };

describe('runOfRound', () => {
  it('leaves the first round as it is', () => {
    assert.deepEqual(runOfRound(run), run);
    assert.deepEqual(runOfRound(run, [0, 0]), run);
  });

  it('gives each later round of a definition data and a seed of its own', () => {
    const ids = [1, 2].map((round) => runOfRound({ ...run, round }));
    assert.deepEqual(
      ids.map(({ runId }) => runId),
      ['nightly.round1', 'nightly.round2'],
    );
    assert.equal(new Set([7, ...ids.map(({ seed }) => seed)]).size, 3);
    assert.deepEqual(runOfRound({ ...run, round: 1 }), ids[0]);
  });

  it('asks anew in each round of a task, in the data of the run', () => {
    const inTask = runOfRound(run, [0, 1]);
    assert.equal(inTask.runId, 'nightly');
    assert.notEqual(inTask.seed, 7);
    assert.notEqual(inTask.seed, runOfRound(run, [1, 0]).seed);
  });
});
