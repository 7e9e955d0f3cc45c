/**
 * What halving saves: the judge calls it makes, against those that scoring everything needs for winners as good. In the simulated
 * world, over `PROSE_BENCH_WORLDS` (40) worlds of 60 base prompts with 8 variations: rewriting, answers and scores as texts by
 * the world's own models, the choice by the pipeline's `chooseBetter` and `calibrate`, the truth by `trueQuality`. Left out: the
 * stages around them, sentinels and audits (a tenth more calls on both sides).
 */
import { fileURLToPath } from 'node:url';
import { chooseBetter } from '../../activities/stages/5-halving/halving.ts';
import { calibrate, type Rating } from '../../activities/statistics/calibration.ts';
import { loadSettings } from '../../configs/load.ts';
import { answerPrompt } from '../../deploy/model-server/world/main-model.ts';
import { topicBank } from '../../deploy/model-server/world/topic-bank.ts';
import { trueQuality } from '../../deploy/model-server/world/true-quality.ts';
import { judge } from '../../deploy/model-server/world/validator.ts';
import { rewriteByApproach } from '../../deploy/model-server/world/variation-model.ts';
import { writeBasePrompts } from '../../deploy/model-server/world/base-prompt-model.ts';
import { defaultWorld, type World } from '../../deploy/model-server/world/world.ts';
import { printFigure, printProgress } from '../figure.ts';

const worldCount = Number(process.env['PROSE_BENCH_WORLDS'] ?? 40);
const VARIATIONS = 8;
const BASE_PROMPTS = 60;
/** Answers per variation with which everything is scored, for the curve that halving is compared with. */
const ANSWERS = [1, 2, 3];

const loaded = await loadSettings(fileURLToPath(new URL('../..', import.meta.url)));
if (!loaded.ok) throw new Error('The configs are not valid.');
const approaches = loaded.value.promptVariation.approaches.filter((approach) => 'instruction' in approach);
const rubric = ['Relevance', 'Accuracy', 'Depth', 'Clarity', 'Usefulness']
  .map((name, index) => `criteria_${index + 1}: ${name}`)
  .join('\n');

interface Candidate {
  readonly basePromptIdx: number;
  readonly basePrompt: string;
  /** -1 is the untouched one. */
  readonly variationIdx: number;
  readonly prompt: string;
}

function candidatesOf(world: World): Candidate[] {
  return Array.from({ length: BASE_PROMPTS }, (_, basePromptIdx) => {
    const topic = topicBank[(7 * basePromptIdx + world.worldSeed) % topicBank.length]?.name ?? '';
    const message = `<topic>${topic}</topic> exactly 1 requests`;
    const written = writeBasePrompts(message, 'prompts', basePromptIdx, world.worldSeed);
    const basePrompt = 'prompts' in written ? (written.prompts[0] ?? topic) : topic;
    const varied = Array.from({ length: VARIATIONS }, (_unused, variationIdx) => {
      const approach = approaches[(basePromptIdx * VARIATIONS + variationIdx) % approaches.length];
      const asked = `<prompt>${basePrompt}</prompt><approach>${approach?.instruction}</approach>`;
      return rewriteByApproach(asked, `${basePromptIdx}/${variationIdx}`, world.worldSeed);
    });
    return [basePrompt, ...varied].map((prompt, index) => ({
      basePromptIdx,
      basePrompt,
      variationIdx: index - 1,
      prompt,
    }));
  }).flat();
}

/** One validator's mean score of one answer. */
function look({ basePrompt, prompt }: Candidate, sample: number, validator: number, world: World): number {
  const answer = answerPrompt(prompt, sample, world);
  const message = `<rubric>${rubric}</rubric><request>${basePrompt}</request><answer x>${answer}</answer x>`;
  const scores = judge(message, validator, sample, world).map(({ score }) => score);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

const ratingOf = (candidate: Candidate, validator: number, score: number): Rating => ({
  basePromptIdx: candidate.basePromptIdx,
  variationIdx: candidate.variationIdx,
  validator,
  score,
});

function scoreEverything(candidates: readonly Candidate[], answers: number, world: World): Outcome {
  const ratings = candidates.flatMap((candidate) =>
    [1, 2, 3].map((validator) => {
      const samples = Array.from({ length: answers }, (_, sample) =>
        look(candidate, sample, validator, world),
      );
      return ratingOf(candidate, validator, samples.reduce((sum, score) => sum + score, 0) / answers);
    }),
  );
  return { calls: 3 * answers * candidates.length, quality: qualityOfWinners(candidates, ratings, world) };
}

function halve(candidates: readonly Candidate[], world: World): Outcome {
  const first = candidates.map((candidate) => ratingOf(candidate, 1, look(candidate, 0, 1, world)));
  const kept = Array.from({ length: BASE_PROMPTS }, (_, basePromptIdx) => {
    const own = first.filter((rating) => rating.basePromptIdx === basePromptIdx);
    const chosen = chooseBetter(own, 1000 * world.worldSeed + basePromptIdx).map(
      ({ variationIdx }) => variationIdx,
    );
    return candidates.filter(
      (candidate) => candidate.basePromptIdx === basePromptIdx && chosen.includes(candidate.variationIdx),
    );
  }).flat();
  const again = kept.map((candidate) => ratingOf(candidate, 2, look(candidate, 1, 2, world)));
  const quality = qualityOfWinners(candidates, [...first, ...again], world);
  return { calls: first.length + again.length, quality };
}

interface Outcome {
  readonly calls: number;
  /** Mean true quality of the best-scored candidate of each base prompt, 1 to 5. */
  readonly quality: number;
}

function qualityOfWinners(
  candidates: readonly Candidate[],
  ratings: readonly Rating[],
  world: World,
): number {
  const best = new Map<number, { score: number; variationIdx: number }>();
  for (const { basePromptIdx, variationIdx, score } of calibrate(ratings).scores) {
    if (score > (best.get(basePromptIdx)?.score ?? -Infinity))
      best.set(basePromptIdx, { score, variationIdx });
  }
  const winners = candidates.filter(
    ({ basePromptIdx, variationIdx }) => best.get(basePromptIdx)?.variationIdx === variationIdx,
  );
  return (
    winners.reduce((sum, { prompt, basePrompt }) => sum + trueQuality(prompt, basePrompt, world).overall, 0) /
    winners.length
  );
}

/** Calls at which scoring everything reaches a quality, between the points of its curve; beyond them its ends. */
function callsFor(quality: number, curve: readonly Outcome[]): number {
  const above = curve.findIndex((point) => point.quality >= quality);
  const [low, high] = [curve[above - 1], curve[above]];
  if (high === undefined) return curve.at(-1)?.calls ?? NaN;
  if (low === undefined) return high.calls;
  const share = (quality - low.quality) / (high.quality - low.quality);
  return low.calls + share * (high.calls - low.calls);
}

const mean = (outcomes: readonly Outcome[]): Outcome => ({
  calls: outcomes.reduce((sum, { calls }) => sum + calls, 0) / outcomes.length,
  quality: outcomes.reduce((sum, { quality }) => sum + quality, 0) / outcomes.length,
});

const halved: Outcome[] = [];
const curves: Outcome[][] = ANSWERS.map(() => []);
for (let worldSeed = 1; worldSeed <= worldCount; worldSeed += 1) {
  const world = { ...defaultWorld, worldSeed };
  const candidates = candidatesOf(world);
  halved.push(halve(candidates, world));
  for (const [index, answers] of ANSWERS.entries())
    curves[index]?.push(scoreEverything(candidates, answers, world));
  if (worldSeed % 5 === 0) printProgress(`search: ${worldSeed} of ${worldCount} worlds`);
}
const curve = curves.map(mean);
const own = mean(halved);
for (const { calls, quality } of [own, ...curve])
  printProgress(
    `${(calls / BASE_PROMPTS).toFixed(1)} calls per base prompt: true quality ${quality.toFixed(3)}`,
  );
const ratio = own.calls / callsFor(own.quality, curve);
printFigure({
  area: 'search',
  name: 'judge calls for the same true quality of the winners, halving',
  value: ratio,
  unit: 'ratio',
  against: 'scoring everything with all three validators',
  bar: 0.5,
  better: 'lower',
  runs: [ratio, ratio, ratio],
});
