import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRandom } from '../../../../activities/randomness/random.ts';
import { features, featurize } from '../../../../activities/trainers/ranker/features.ts';
import { lessons, parseRankerModel, scorePrompts } from '../../../../activities/trainers/ranker/model.ts';
import type { RankerModel } from '../../../../activities/trainers/ranker/model.ts';
import { trainRanker } from '../../../../activities/trainers/ranker/train.ts';
import { rank as rankBy, type RankedPrompt } from '../../../../activities/trainers/rewriter.ts';
import type { TrainingPair } from '../../../../activities/trainers/trainer.ts';

const rank = (model: RankerModel, base: string, candidates: readonly string[]): RankedPrompt[] =>
  rankBy({ score: (prompt, texts) => scorePrompts(model, prompt, texts) }, base, candidates);
const scorePrompt = (model: RankerModel, base: string, prompt: string): number =>
  scorePrompts(model, base, [prompt])[0]!;

const subjects = [
  'compost',
  'budget travel',
  'bread',
  'sleep',
  'chess',
  'guitar',
  'gardens',
  'taxes',
  'running',
  'paint',
];
/** Ways of wording, each of which may be in a prompt or not. */
const additions = [
  'Give two examples.',
  'Explain why.',
  'Write for a beginner.',
  'Please help me!',
  'Avoid jargon.',
  'It is urgent, do it immediately.',
  'Answer in at most three sentences.',
  'Maybe something like that or whatever.',
];

/** Pairs of prompts with random additions, of which the one with the higher planted worth is chosen. */
function plant(
  worth: readonly number[],
  {
    topics = 20,
    perTopic = 12,
    flip = false,
    seed = 1,
  }: { topics?: number; perTopic?: number; flip?: boolean; seed?: number } = {},
): TrainingPair[] {
  const random = createRandom(seed);
  const pairs: TrainingPair[] = [];
  for (let topic = 0; topic < topics; topic += 1) {
    for (let index = 0; index < perTopic; index += 1) {
      const prompt = `How does ${subjects[topic % subjects.length]} work in year ${topic}?`;
      const draw = (): boolean[] => additions.map(() => random() < 0.4);
      const value = (chosen: readonly boolean[]): number =>
        chosen.reduce((sum, present, addition) => sum + (present ? worth[addition]! : 0), 0) + random() - 0.5;
      const text = (chosen: readonly boolean[]): string =>
        [prompt, ...additions.filter((_, at) => chosen[at])].join(' ');
      const [one, other] = [draw(), draw()];
      const better = value(one) > value(other) !== flip;
      const [chosen, rejected] = better ? [text(one), text(other)] : [text(other), text(one)];
      pairs.push({
        basePromptIdx: topic * perTopic + index,
        topic: `t${topic}`,
        prompt,
        chosen,
        rejected,
        probability: 0.95,
        weight: 1,
      });
    }
  }
  return pairs;
}

const options = { l2: [0.3, 3, 30, 300], buckets: 512, seed: 1 };
const likesExamples = [2, 1, 0, 0, 0, -2, 0, 0];
const indifferent = additions.map(() => 0);
const weightOf = (model: RankerModel, name: string): number =>
  model.features.find((feature) => feature.name === name)!.weight;

describe('trainRanker', () => {
  it('recovers a planted preference, orders unseen topics by it and says so in words', () => {
    const { model, metrics } = trainRanker({
      ...options,
      pairs: plant(likesExamples),
      heldOut: plant(likesExamples, { seed: 2 }),
    });
    assert.ok(weightOf(model, 'examples') > 0.3 && weightOf(model, 'pressure') < -0.3);
    assert.ok(metrics.heldOutAccuracy!.low! > 0.75, JSON.stringify(metrics.heldOutAccuracy));
    assert.ok(metrics.heldOutAccuracy!.low! < metrics.heldOutAccuracy!.value);
    const learned = lessons(model);
    assert.ok(learned.includes('Asking for examples (helps)'), learned.join('\n'));
    assert.ok(
      learned.some((lesson) => lesson.startsWith('Putting pressure') && lesson.endsWith('(hurts)')),
      learned.join('\n'),
    );
    const base = 'How do bees find their way?';
    const ranked = rank(model, base, [
      `${base} It is urgent, do it immediately.`,
      `${base} Give two examples.`,
    ]);
    assert.deepEqual(
      ranked.map(({ prompt }) => prompt.slice(base.length + 1, base.length + 5)),
      ['Give', '', 'It i'],
    );
  });

  it('gives opposite weights for opposite labels', () => {
    const [model, flipped] = [false, true].map(
      (flip) =>
        trainRanker({ ...options, l2: [3], pairs: plant(likesExamples, { flip }), heldOut: [] }).model,
    );
    model!.features.forEach(({ weight }, index) => {
      assert.ok(Math.abs(weight + flipped!.features[index]!.weight) < 1e-4);
    });
  });

  it('learns next to nothing from noise: chance accuracy, small weights, hardly a lesson', () => {
    const { model, metrics } = trainRanker({
      ...options,
      pairs: plant(indifferent),
      heldOut: plant(indifferent, { seed: 2, topics: 60 }),
    });
    assert.ok(Math.abs(metrics.heldOutAccuracy!.value - 0.5) < 0.06, JSON.stringify(metrics));
    assert.ok(model.features.every(({ weight }) => Math.abs(weight) < 0.15));
    assert.ok(lessons(model).length <= 1, lessons(model).join('\n'));
  });

  it('takes a probability of one half as no evidence', () => {
    const pairs = plant(likesExamples).map((pair) => ({ ...pair, probability: 0.5 }));
    const { model } = trainRanker({ ...options, pairs, heldOut: [] });
    assert.ok(model.features.every(({ weight }) => Math.abs(weight) < 1e-6));
  });

  it('depends only on the balance of chosen and rejected, not on which side a pair is written', () => {
    const pairs = plant(likesExamples);
    const turned = pairs.map((pair) => ({
      ...pair,
      chosen: pair.rejected,
      rejected: pair.chosen,
      probability: 1 - pair.probability,
    }));
    const [one, other] = [pairs, turned].map(
      (side) => trainRanker({ ...options, l2: [3], pairs: side, heldOut: [] }).model,
    );
    one!.features.forEach(({ weight }, index) =>
      assert.ok(Math.abs(weight - other!.features[index]!.weight) < 1e-4),
    );
  });

  it('chooses the penalty on training topics alone: held-out pairs change nothing but their accuracy', () => {
    const request = { ...options, pairs: plant(likesExamples) };
    const [one, other] = [
      plant(likesExamples, { seed: 5 }),
      plant(likesExamples, { seed: 6, flip: true }),
    ].map((heldOut) => trainRanker({ ...request, heldOut }));
    assert.deepEqual(one!.model, other!.model);
    assert.notEqual(one!.metrics.heldOutAccuracy!.value, other!.metrics.heldOutAccuracy!.value);
  });

  it('repeats itself and survives JSON', () => {
    const request = {
      ...options,
      pairs: plant(likesExamples, { topics: 6 }),
      heldOut: plant(likesExamples, { topics: 3 }),
    };
    const first = trainRanker(request);
    assert.deepEqual(trainRanker(request), first);
    const read = parseRankerModel(JSON.parse(JSON.stringify(first.model)));
    const [base, prompt] = ['What is rain?', 'What is rain? Explain why. Give two examples.'];
    assert.equal(scorePrompt(read, base, prompt), scorePrompt(first.model, base, prompt));
  });

  it('draws no lesson from a way of wording that weighs less than a fifth of the strongest, however certain', () => {
    const shareAndLesson = (probability: number): { share: number; certainty: number; isLesson: boolean } => {
      const pairs = Array.from({ length: 480 }, (_, index): TrainingPair => {
        const topic = `t${index % 20}`;
        const prompt = `How does bread rise in year ${topic}?`;
        const [addition, sure] = index < 240 ? ['Give two examples.', 0.95] : ['Explain why.', probability];
        const chosen = `${prompt} ${addition}`;
        return {
          basePromptIdx: index,
          topic,
          prompt,
          chosen,
          rejected: prompt,
          probability: sure,
          weight: 1,
        };
      });
      const { model } = trainRanker({ ...options, l2: [3], pairs, heldOut: [] });
      const strongest = Math.max(...model.features.map(({ weight }) => Math.abs(weight)));
      const { weight, standardError, established } = model.features.find(({ name }) => name === 'reasons')!;
      return { share: weight / strongest, certainty: weight / standardError!, isLesson: established };
    };
    const [small, large] = [0.8, 0.83].map(shareAndLesson);
    assert.ok(small!.certainty > 20 && large!.certainty > 20);
    assert.ok(small!.share > 0.05 && small!.share < 0.2, String(small!.share));
    assert.ok(large!.share > 0.2 && large!.share < 0.3, String(large!.share));
    assert.deepEqual([small!.isLesson, large!.isLesson], [false, true]);
  });

  it('trains on a single pair, without lessons', () => {
    const { model, metrics } = trainRanker({
      ...options,
      pairs: plant(likesExamples, { topics: 1, perTopic: 1 }),
      heldOut: [],
    });
    assert.equal(metrics.heldOutAccuracy, null);
    assert.equal(model.l2, 300);
    assert.deepEqual(lessons(model), []);
  });

  it('refuses no pairs, penalties that are not above 0 and buckets that are no power of two', () => {
    const pairs = plant(likesExamples, { topics: 1 });
    assert.throws(() => trainRanker({ ...options, pairs: [], heldOut: [] }), { code: 'NO_PAIRS' });
    assert.throws(() => trainRanker({ ...options, pairs, heldOut: [], l2: [0] }), { code: 'INVALID_OPTION' });
    assert.throws(() => trainRanker({ ...options, pairs, heldOut: [], l2: [] }), { code: 'INVALID_OPTION' });
    assert.throws(() => trainRanker({ ...options, pairs, heldOut: [], buckets: 500 }), {
      code: 'INVALID_OPTION',
    });
  });
});

describe('ranker model', () => {
  const { model } = trainRanker({ ...options, pairs: plant(likesExamples), heldOut: [] });
  const prompts = fc.array(
    fc.constantFrom(...additions, 'What is rain?', 'LIST IT', '- one\n- two', '7 8 9'),
    { maxLength: 5 },
  );

  it('gives the untouched base prompt 0 and keeps it first among equals, and among what is not trusted', () => {
    assert.equal(scorePrompt(model, 'What is rain?', 'What is rain?'), 0);
    const silent: RankerModel = {
      ...model,
      features: model.features.map((feature) => ({ ...feature, weight: 0, range: [-9, 9] })),
      grams: [],
    };
    const ranked = rank(silent, 'What is rain?', ['b', 'a', 'What is rain?', 'b']);
    assert.deepEqual(
      ranked,
      ['What is rain?', 'b', 'a'].map((prompt) => ({ prompt, score: 0 })),
    );
    const [first] = rank({ ...silent, features: model.features }, 'What is rain?', ['Is it HOT?!']);
    assert.deepEqual(first, { prompt: 'What is rain?', score: 0 });
  });

  it('does not trust what no pair has shown: the further outside, the less', () => {
    const base = 'What is rain?';
    const good = `${base} Give two examples.`;
    const rambling = 'so that I say this before I ask what I have in mind to ask, ';
    const scores = [0, 4, 8, 16].map((times) => scorePrompt(model, base, rambling.repeat(times) + good));
    assert.ok(scores[0]! > 0);
    scores.slice(1).forEach((score, index) => assert.ok(score < scores[index]!, scores.join(' ')));
    assert.ok(scores.at(-1)! < 0, scores.join(' '));
  });

  it('does not trust what falls short of all pairs either', () => {
    const base = 'one two three four five six seven eight nine ten eleven twelve';
    const flat = model.features.map((feature) => ({ ...feature, weight: 0, range: [-99, 99] as const }));
    const scoreWith = (least: number): number =>
      scorePrompt(
        {
          ...model,
          grams: [],
          features: flat.map((feature) =>
            feature.name === 'length' ? { ...feature, range: [least, 99] as const } : feature,
          ),
        },
        base,
        'one',
      );
    const difference = Math.log1p(1) - Math.log1p(12);
    assert.equal(scoreWith(difference / 2), 0);
    assert.ok(Math.abs(scoreWith(-0.5) - 2 * (difference + 1)) < 1e-9, String(scoreWith(-0.5)));
  });

  it('records how far the prompts of the pairs went, the untouched prompt included', () => {
    const rangeOf = (name: string): readonly number[] =>
      model.features.find((feature) => feature.name === name)!.range;
    assert.deepEqual(rangeOf('examples'), [0, 1]);
    assert.deepEqual(rangeOf('pitfalls'), [0, 0]);
    const [least, most] = rangeOf('length');
    assert.ok(least === 0 && most! > 1 && most! < 2, `${least} ${most}`);
  });

  it('gives finite scores and a descending order for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.string({ unit: 'binary' })),
        prompts,
        (base, texts, parts) => {
          const ranked = rank(model, base, [...texts, parts.join(' ')]);
          assert.ok(ranked.every(({ score }) => Number.isFinite(score)));
          ranked.slice(1).forEach(({ score }, index) => assert.ok(score <= ranked[index]!.score));
          assert.equal(ranked.find(({ prompt }) => prompt === base)?.score, 0);
        },
      ),
    );
  });

  it('refuses other formats, versions, broken models and unknown features', () => {
    assert.throws(() => parseRankerModel({ ...model, version: 2 }), { code: 'UNSUPPORTED_VERSION' });
    assert.throws(() => parseRankerModel({ ...model, format: 'other' }), { code: 'UNSUPPORTED_VERSION' });
    assert.throws(() => parseRankerModel({ ...model, grams: [[1]] }), { code: 'INVALID_MODEL' });
    assert.throws(() => parseRankerModel(null), { code: 'INVALID_MODEL' });
    const [first] = model.features;
    const strange = { ...model, features: [{ ...first, name: 'shoe_size' }] };
    assert.throws(() => parseRankerModel(strange), { code: 'UNKNOWN_FEATURE' });
  });
});

describe('featurize', () => {
  const base = 'Tell me about bread';
  const has = (prompt: string): string[] =>
    [...featurize(base, prompt, 64)].flatMap(([index, value]) =>
      index < features.length && value > 0 ? [features[index]!.name] : [],
    );

  it('sees each way of wording in a plain example of it', () => {
    const examples: [string, string][] = [
      ['imperative', 'Explain how bread rises.'],
      ['steps', 'Describe baking bread step by step.'],
      ['format', 'Answer in a table.'],
      ['list_layout', 'About bread:\n- flour\n- water'],
      ['audience', 'Explain bread for someone with no background.'],
      ['examples', 'Give an example of bread.'],
      ['reasons', 'Say why bread rises.'],
      ['purpose', 'I want to bake bread so that I can save money.'],
      ['situation', 'I am a student and have an oven.'],
      ['length_bound', 'Answer in three sentences.'],
      ['brevity', 'Be brief about bread.'],
      ['thoroughness', 'Answer in detail.'],
      ['limits', 'Do not mention rye bread.'],
      ['requirements', 'Make sure to cover yeast.'],
      ['checking', 'Say it if you are not sure.'],
      ['plain_language', 'Use plain language.'],
      ['alternatives', 'Compare rye and wheat bread.'],
      ['action', 'Give practical tips.'],
      ['pitfalls', 'Name common mistakes.'],
      ['vague_words', 'something about bread and stuff'],
      ['politeness', 'Could you tell me about bread, please?'],
      ['role_play', 'You are a master baker. Tell me about bread.'],
      ['pressure', 'My job depends on this bread!!'],
      ['shouting', 'TELL me about BREAD'],
      ['exclamations', 'Bread!'],
      ['numbers', 'Tell me 3 facts about bread.'],
      ['lost_content', 'Tell me about cake.'],
      ['new_content', 'Tell me about bread and yeast.'],
      ['questions', 'What is bread?'],
      ['shortened', 'Bread?'],
      ['overlong', `${base} ${'and so on '.repeat(20)}`],
    ];
    for (const [name, prompt] of examples)
      assert.ok(has(prompt).includes(name), `${name}: ${has(prompt).join(' ')}`);
  });

  it('finds nothing but its length in an untouched prompt that is plainly worded', () => {
    const plain = 'Bread and its history';
    const vector = featurize(plain, plain, 64);
    assert.deepEqual(
      [...vector].map(([index]) => features[index]?.name),
      ['length'],
    );
  });

  it('has stable, distinct names and sentences', () => {
    assert.equal(new Set(features.map(({ name }) => name)).size, features.length);
    assert.equal(new Set(features.map(({ sentence }) => sentence)).size, features.length);
  });
});
