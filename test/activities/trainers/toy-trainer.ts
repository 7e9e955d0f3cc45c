/** A trainer as somebody may add one: it counts which words the better prompts have. */
import type { Trainer } from '../../../activities/trainers/trainer.ts';
import { askWithLessons } from '../../../activities/trainers/rewriter.ts';

const wordsOf = (text: string): string[] => [...new Set(text.toLowerCase().match(/[a-z]+/g) ?? [])];

export const toy: Trainer<{ readonly smoothing: number }> = {
  name: 'toy',
  description: 'Counts which words the better prompts have.',
  gpus: 0,
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['smoothing'],
    properties: { smoothing: { type: 'number', exclusiveMinimum: 0 } },
  },
  async train({ pairs, heldOut, settings, files, heartbeat }) {
    const balance = new Map<string, number>();
    for (const [index, { prompt, chosen, rejected, weight }] of pairs.entries()) {
      const [better, worse] = [wordsOf(chosen), wordsOf(rejected)];
      const untouched = new Set(wordsOf(prompt));
      for (const word of better.filter((one) => !untouched.has(one) && !worse.includes(one)))
        balance.set(word, (balance.get(word) ?? 0) + weight);
      for (const word of worse.filter((one) => !untouched.has(one) && !better.includes(one)))
        balance.set(word, (balance.get(word) ?? 0) - weight);
      heartbeat({ done: index + 1, total: pairs.length, unit: 'pairs' });
    }
    const weights = [...balance].map(([word, sum]) => [word, sum / (Math.abs(sum) + settings.smoothing)]);
    await files.write('words.json', JSON.stringify(Object.fromEntries(weights)));
    return { trainPairs: pairs.length, heldOutPairs: heldOut.length, heldOutAccuracy: null };
  },
  async open(files) {
    const weights = new Map<string, number>(
      Object.entries(JSON.parse((await files.read('words.json')) ?? '{}')),
    );
    const best = [...weights].toSorted(([, one], [, other]) => other - one)[0];
    const lessons = best === undefined ? [] : [`Using the word "${best[0]}" (helps)`];
    const sum = (text: string): number =>
      wordsOf(text).reduce((total, word) => total + (weights.get(word) ?? 0), 0);
    return {
      lessons,
      ask: (basePrompt, settings) => askWithLessons(basePrompt, settings, lessons),
      score: (basePrompt, prompts) => prompts.map((prompt) => sum(prompt) - sum(basePrompt)),
    };
  },
};
