/**
 * Test tables of the simulated world, without a pipeline around them: topics drawn with replacement, requests written about
 * each, two ways of prompting, answers by the simulated main model, scores by the three simulated validators, all as texts.
 * What is simulated besides: the optimizer, by a fixed choice of wordings. The statistics are the pipeline's own.
 */
import type { TestAnswer } from '../../activities/stages/8-test/metrics/arm-metrics.ts';
import { writeBasePrompts } from '../../deploy/model-server/world/base-prompt-model.ts';
import { answerPrompt } from '../../deploy/model-server/world/main-model.ts';
import { createRandom } from '../../deploy/model-server/world/random.ts';
import { addWordings } from '../../deploy/model-server/world/rewrite.ts';
import { topicBank } from '../../deploy/model-server/world/topic-bank.ts';
import { judge } from '../../deploy/model-server/world/validator.ts';
import { wordings } from '../../deploy/model-server/world/wordings.ts';
import type { World } from '../../deploy/model-server/world/world.ts';

/** The shape of a test: of the default run, 18 held-out prompts of 9 topics; here one topic more. */
export const shape = { topics: 10, promptsPerTopic: 2, samples: 2 };

/** The rubric needs no levels here: simulated validators know the criteria by their names. */
const rubric = ['Relevance', 'Accuracy', 'Depth', 'Clarity', 'Usefulness']
  .map((name, index) => `criteria_${index + 1}: ${name}`)
  .join('\n');

export type Rewriting = (prompt: string, seed: string) => string;

/** Leaves every prompt as it is. */
export const untouched: Rewriting = (prompt) => prompt;

/** Adds a few wordings, the same kinds for every prompt of a world. */
export function reworded(worldSeed: number): Rewriting {
  const chosen = createRandom('arm', worldSeed)
    .shuffle(wordings.filter(({ harmful }) => !harmful))
    .slice(0, 3);
  return (prompt, seed) => addWordings(prompt, chosen, createRandom('rewrite', seed, prompt));
}

/** Mean over criteria of each validator's scores of each answer, less what the baseline got, on requests about one topic. */
export function trueGain(rewrite: Rewriting, world: World, promptsPerTopic: number): number {
  const gains = topicBank.flatMap(({ name }) =>
    requestsAbout(name, promptsPerTopic, 'truth', world).map((prompt, index) => {
      const seed = `truth/${index}`;
      const mean = (text: string): number => {
        const scores = scoresOf(prompt, answerPrompt(text, seed, world), seed, world).flat();
        return scores.reduce((sum, score) => sum + score, 0) / scores.length;
      };
      return mean(rewrite(prompt, seed)) - mean(prompt);
    }),
  );
  return gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
}

/** Answers of one test of the arm `ranker` against the baseline. @param shift points added to each score of the arm */
export function drawTable(seed: string, rewrite: Rewriting, world: World, shift = 0): TestAnswer[] {
  const random = createRandom('table', seed, world.worldSeed);
  return Array.from({ length: shape.topics }, (_, place) => {
    const { name } = random.pick(topicBank);
    return requestsAbout(name, shape.promptsPerTopic, `${seed}/${place}`, world).flatMap((prompt, index) =>
      (['baseline', 'ranker'] as const).flatMap((arm) => {
        const text = arm === 'ranker' ? rewrite(prompt, `${seed}/${place}/${index}`) : prompt;
        return Array.from({ length: shape.samples }, (_unused, sample): TestAnswer => {
          const answerSeed = [seed, place, index, arm, sample].join('/');
          const answer = answerPrompt(text, answerSeed, world);
          return {
            basePromptIdx: place * shape.promptsPerTopic + index,
            topic: String(place),
            arm,
            answerWords: answer.split(/\s+/).length,
            scores: scoresOf(prompt, answer, answerSeed, world).map((sheet) =>
              sheet.map((score) => score + (arm === 'ranker' ? shift : 0)),
            ),
          };
        });
      }),
    );
  }).flat();
}

function requestsAbout(topic: string, count: number, seed: string, world: World): readonly string[] {
  const message = `<topic>${topic}</topic> exactly ${count} requests`;
  const written = writeBasePrompts(message, 'prompts', seed, world.worldSeed);
  return 'prompts' in written ? written.prompts : [];
}

function scoresOf(request: string, answer: string, seed: string, world: World): number[][] {
  const message = `<rubric>${rubric}</rubric><request>${request}</request><answer x>${answer}</answer x>`;
  return [1, 2, 3].map((validator) => judge(message, validator, seed, world).map(({ score }) => score));
}
