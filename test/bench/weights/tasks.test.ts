import assert from 'node:assert/strict';
import { prepareCheck } from '../../../activities/checks/run-check.ts';
import { mixedChecks, shuffledChecks } from '../../../bench/weights/tasks.ts';
import { withContext } from '../../activities/general/general-context.ts';

const WORDINGS = 8;
const right = '1. a\n2. b';

/** Scores of the first check, of the answers to 60 requests in eight wordings. */
async function score([check]: typeof mixedChecks, output: string): Promise<(number | null)[]> {
  const answers = Array.from({ length: 60 * WORDINGS }, (_, index) => ({
    key: `${Math.floor(index / WORDINGS)}/${index % WORDINGS}/0`,
    prompt: 'p',
    sent: 'p',
    output,
    fields: { family: 'numbered list', expected: 'two', count: '2' },
  }));
  let scores: (number | null)[] = [];
  await withContext(async (context) => {
    scores = (await prepareCheck(check).run(answers, context)).map((one) => one.score);
  });
  return scores;
}

describe('the negative control of trained weights', () => {
  it('teaches by scores that know neither answer nor wording', async () => {
    const scores = await score(shuffledChecks, right);
    assert.deepEqual(await score(shuffledChecks, 'nothing'), scores);
    assert.equal(new Set(scores).size, 5);
    for (let wording = 0; wording < WORDINGS; wording += 1) {
      const own = scores.filter((_, index) => index % WORDINGS === wording).map(Number);
      const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
      assert.ok(Math.abs(mean - 0.5) < 0.15, `wording ${wording}: ${mean}`);
    }
  });

  it('is judged by the referee of the proof itself', async () => {
    assert.deepEqual(shuffledChecks[1], mixedChecks[1]);
    assert.ok((await score(mixedChecks, right)).every((one) => one === 1));
  });
});
