import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rewriteHeldOut } from '../../../../activities/rewriting/held-out-rewrite.ts';
import { createRandom } from '../../../../activities/randomness/random.ts';
import { rank, type Rewriter } from '../../../../activities/trainers/rewriter.ts';
import { fitStrengths } from '../../../../activities/trainers/template/strengths.ts';
import { templateOf } from '../../../../activities/trainers/template/template-of.ts';
import { template } from '../../../../activities/trainers/template/template.ts';
import type { TrainingPair } from '../../../../activities/trainers/trainer.ts';
import { fillTemplate } from '../../../../configs/settings/approaches.ts';
import { withContext } from '../../general/general-context.ts';

const texts = ['{prompt}', '{prompt} Briefly.', 'Now: {prompt}', '{prompt}\nAnswer:'];

/** Pairs as they come where the templates have these log-odds. */
function play(truth: readonly number[], count: number, seed = 1): TrainingPair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const one = index % texts.length;
    const other = (one + 1 + (Math.floor(index / texts.length) % (texts.length - 1))) % texts.length;
    const isFirst = random() < 1 / (1 + Math.exp(truth[other]! - truth[one]!));
    const prompt = `What is ${index}?`;
    const [chosen, rejected] = isFirst ? [one, other] : [other, one];
    return {
      basePromptIdx: index,
      topic: `t${index % 20}`,
      prompt,
      chosen: fillTemplate(texts[chosen]!, prompt),
      rejected: fillTemplate(texts[rejected]!, prompt),
      probability: 1,
      weight: 1,
    };
  });
}

async function train(pairs: readonly TrainingPair[], heldOut: readonly TrainingPair[] = []) {
  const files = new Map<string, string>();
  const metrics = await template.train({
    pairs,
    heldOut,
    settings: { prior: 1 },
    seed: 1,
    files: {
      read: (name) => Promise.resolve(files.get(name)),
      write: async (name, content) => void files.set(name, content),
      folder: () => Promise.reject(new Error('It needs none.')),
    },
    signal: new AbortController().signal,
    heartbeat: () => {},
    machine: { root: '/', gpus: [], environment: () => undefined },
  });
  const rewriter = await template.open({ read: (name) => Promise.resolve(files.get(name)) });
  return { metrics, rewriter };
}

describe('the strengths of templates', () => {
  it('are those that the outcomes were drawn by', () => {
    const truth = [0, 1.5, -1, 0.5];
    const strengths = fitStrengths(play(truth, 6_000), 1);
    for (const [index, text] of texts.entries())
      assert.ok(
        Math.abs((strengths.get(text) ?? NaN) - truth[index]!) < 0.2,
        `${text} ${strengths.get(text)}`,
      );
  });

  it('turn their sign when every outcome is turned, and stay near 0 where little was seen', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 99 }), (count, seed) => {
        const pairs = play([0, 1, -1, 0], count, seed);
        const turned = pairs.map((pair) => ({ ...pair, chosen: pair.rejected, rejected: pair.chosen }));
        const [one, other] = [fitStrengths(pairs, 1), fitStrengths(turned, 1)];
        for (const [text, strength] of one) {
          assert.ok(Math.abs(strength + (other.get(text) ?? NaN)) < 1e-4);
          assert.ok(Math.abs(strength) < texts.length * Math.log(1 + 2 * count));
        }
      }),
    ));

  it('know nothing of texts that the prompt does not stand in', () => {
    assert.equal(templateOf('What is rain?', 'Explain rain.'), undefined);
    assert.equal(
      templateOf(' What $& is rain? ', 'Now: What $& is rain? What $& is rain?'),
      'Now: {prompt} {prompt}',
    );
    const pair = play([0, 0, 0, 0], 1)[0]!;
    assert.equal(fitStrengths([{ ...pair, chosen: 'something else' }], 1).size, 1);
  });
});

describe('the trainer of templates', () => {
  it('puts prompts into the best template first, and orders held-out pairs better than chance', async () => {
    const truth = [0, 2, -2, 0.5];
    const { metrics, rewriter } = await train(play(truth, 400), play(truth, 200, 2));
    assert.equal(rewriter.write?.(' What is tea? ', 0), 'What is tea? Briefly.');
    assert.ok(metrics.heldOutAccuracy !== null && (metrics.heldOutAccuracy.low ?? 0) > 0.6);
    const written = [0, 1, 2, 3, 4].map((index) => rewriter.write?.('What is tea?', index) ?? '');
    assert.equal(new Set(written).size, 3, 'there are three templates, and they come again');
    assert.equal(rank(rewriter, 'What is tea?', written)[0]?.prompt, 'What is tea? Briefly.');
    assert.match(rewriter.lessons[0] ?? '', /Briefly.*\(helps\)/);
  });

  it('leaves prompts as they are where every template does worse', async () => {
    const { rewriter } = await train(play([3, 0, 0, 0], 300));
    const written = [0, 1, 2].map((index) => rewriter.write?.('What is tea?', index) ?? '');
    assert.equal(rank(rewriter, 'What is tea?', written)[0]?.prompt, 'What is tea?');
  });

  it('asks no model for a rewriting, and says so where it knows no template', async () => {
    const { rewriter } = await train(play([0, 1, 0, 0], 100));
    const { rewriter: empty } = await train([
      { ...play([0, 0, 0, 0], 1)[0]!, chosen: 'other', rejected: 'texts' },
    ]);
    await withContext(async (context) => {
      const rewriteBy = (one: Rewriter) =>
        rewriteHeldOut(
          {
            basePromptIdx: 0,
            basePrompt: 'What is tea?',
            rewriteIdx: 0,
            index: 0,
            rewriter: one,
            settings: context.settings,
            seed: 1,
            key: '0:0',
          },
          context,
        );
      const { rows, calls } = await rewriteBy(rewriter);
      assert.deepEqual([rows[0]?.rewrite, rows[0]?.model, calls.length], ['What is tea? Briefly.', '', 0]);
      assert.deepEqual((await rewriteBy(empty)).rows[0]?.error, 'NO_REWRITE');
    });
  });
});
