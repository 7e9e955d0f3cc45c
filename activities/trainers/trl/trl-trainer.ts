/** The prompt-optimization model as a network of its own: a LoRA adapter that rewrites, trained with TRL by contrast or by example. */
import { fillTemplate } from '../../../configs/settings/approaches.ts';
import { groupBy } from '../../statistics/group-by.ts';
import { shareRight } from '../../statistics/share-right.ts';
import type { Trainer, TrainingPair } from '../trainer.ts';
import type { Lesson } from './rows.ts';
import { checkSection, schemaOf, type TrlMethod, type TrlSettings } from './settings.ts';
import { trainAdapter } from './train-adapter.ts';

/** What the model is asked, with the base prompt in it; it says the better one and nothing else. Durable: versions know this one. */
const QUESTION = '{prompt}';

/** Held-out pairs that are measured. */
const MOST_MEASURED = 64;

export const sft = createTrlTrainer(
  'sft',
  'Supervised fine-tuning (TRL): the model learns to write the wording that won all its comparisons.',
);

export const dpo = createTrlTrainer(
  'dpo',
  'Direct preference optimization (TRL): the model learns from the contrast of the better and the worse wording.',
);

function createTrlTrainer(method: TrlMethod, description: string): Trainer<TrlSettings> {
  return {
    name: method,
    description,
    gpus: 0,
    needsWeights: true,
    settings: schemaOf(method),
    check: checkSection,
    async train({ pairs, heldOut, ...rest }) {
      const lessonsOf = method === 'sft' ? winnersOf : contrastsOfWinners;
      const contrasts = someOf(contrastsOf(heldOut));
      const { steps, margins, rows } = await trainAdapter({
        ...rest,
        method,
        lessons: lessonsOf(pairs),
        heldOut: someOf(lessonsOf(heldOut)),
        contrasts,
      });
      const decided = contrasts.map(({ topic }, index) => ({ cluster: topic, value: margins[index] ?? 0 }));
      return {
        trainPairs: pairs.length,
        heldOutPairs: heldOut.length,
        heldOutAccuracy: shareRight(decided),
        rows,
        steps,
      };
    },
    open: () =>
      Promise.resolve({
        lessons: [],
        isAdapter: true,
        ask: (basePrompt, { promptOptimization: config }) => ({
          config,
          question: fillTemplate(QUESTION, basePrompt),
        }),
        // It knows nothing of a text but that it has written it.
        score: (basePrompt, prompts) => prompts.map((prompt) => (prompt === basePrompt ? 0 : 1)),
      }),
  };
}

/** So many at most, from all over: each takes the model a moment. */
function someOf(lessons: readonly Lesson[]): readonly Lesson[] {
  return lessons.filter((_, index) => index % Math.ceil(lessons.length / MOST_MEASURED) === 0);
}

/** Every pair is a contrast. */
function contrastsOf(pairs: readonly TrainingPair[]): Lesson[] {
  return pairs.map(({ prompt, chosen, rejected, topic, probability, weight }) => ({
    prompt: [{ role: 'user', content: fillTemplate(QUESTION, prompt) }],
    chosen,
    rejected,
    topic,
    // Of a pair that is a toss-up nothing is learned.
    weight: weight * Math.max(0, 2 * probability - 1),
  }));
}

/** Of each base prompt the wording that comes out of its comparisons best, if it wins more than it loses. */
function winnersOf(pairs: readonly TrainingPair[]): Lesson[] {
  return byBasePrompt(pairs).flatMap((contrasts) => {
    const chosen = winnerOf(contrasts);
    const [first] = contrasts;
    if (chosen === undefined || first === undefined) return [];
    return [{ ...first, chosen, rejected: null, weight: 1 }];
  });
}

/**
 * What each winner has beaten. Pairs of the middle, whose better text loses to others, would teach several texts for one request:
 * a small training then learns none of them.
 */
function contrastsOfWinners(pairs: readonly TrainingPair[]): Lesson[] {
  return byBasePrompt(pairs).flatMap((contrasts) => {
    const winner = winnerOf(contrasts);
    return contrasts.filter(({ chosen }) => chosen === winner);
  });
}

function byBasePrompt(pairs: readonly TrainingPair[]): (readonly Lesson[])[] {
  return [...groupBy(contrastsOf(pairs), ({ prompt }) => prompt[0]?.content ?? '').values()];
}

/** Undefined where none wins more than it loses. */
function winnerOf(contrasts: readonly Lesson[]): string | undefined {
  const net = new Map<string, number>();
  for (const { chosen, rejected, weight } of contrasts) {
    net.set(chosen, (net.get(chosen) ?? 0) + weight);
    if (rejected !== null) net.set(rejected, (net.get(rejected) ?? 0) - weight);
  }
  const best = [...net].toSorted(
    ([one, ahead], [other, behind]) => behind - ahead || (one < other ? -1 : 1),
  )[0];
  return best === undefined || best[1] <= 0 ? undefined : best[0];
}
