/** What the wording of a prompt does to each criterion of the answer: the truth of the simulated world. */
import { perCriterion } from './world.ts';
import type { PerCriterion, World } from './world.ts';
import { qualities, readQualities } from './prompt-qualities.ts';
import type { Qualities, Quality } from './prompt-qualities.ts';
import { normalOf } from './random.ts';
import { hasContent, sentencesOf } from './words.ts';

/** Points of relevance, accuracy, depth, clarity and usefulness that a quality is worth by itself. */
const strengths: { readonly [quality in Quality]: readonly [number, number, number, number, number] } = {
  audience: [0.15, 0, -0.15, 0.75, 0.45],
  structure: [0.1, 0, -0.1, 0.95, 0.5],
  examples: [0, 0.05, 1, 0.3, 0.45],
  reasons: [0.05, 0.65, 0.75, -0.15, 0.15],
  brevity: [0.3, 0.05, -0.6, 0.45, 0.45],
  context: [0.55, 0, 0.2, 0, 0.75],
  specifics: [0.2, 0.25, 0.85, -0.05, 0.4],
  noPadding: [0.4, 0, -0.1, 0.25, 0.7],
  checked: [0.05, 1, 0.05, 0, 0.1],
  role: [0, 0.05, 0.05, 0, 0],
  politeness: [0, 0, 0, 0, 0],
  vagueness: [-0.6, -0.3, -0.6, -0.5, -0.6],
  manyQuestions: [-0.6, -0.1, -0.6, -0.5, -0.2],
  wordiness: [-0.5, -0.1, -0.2, -0.7, -0.5],
  pressure: [-0.2, -0.8, -0.1, -0.4, -0.2],
};

/** Kinds of request, each with the qualities that matter more or less for it than usual (factor 1). */
const kinds: readonly {
  readonly cue: RegExp;
  readonly factors: { readonly [quality in Quality]?: number };
}[] = [
  {
    cue: /\b(difference|differ|versus|vs|better|compared?|or)\b.*\?|\bcompare\b/i,
    factors: { structure: 1.2, reasons: 1.5, examples: 0.6, specifics: 1.2 },
  },
  {
    cue: /\b(won't|keeps?|problem|wrong|fix|stopped|broken|trouble)\b/i,
    factors: { context: 1.5, reasons: 1.2, structure: 1.1, audience: 0.6, examples: 0.5 },
  },
  {
    cue: /\bwhy\b|\bwhat (is|are|does|makes)\b|\bhow (do|does) .{0,40}\bwork\b|\bexplain\b/i,
    factors: { reasons: 1.3, examples: 1.4, structure: 0.3, context: 0.6 },
  },
  {
    cue: /\b(plan|prepare|schedule|organi[sz]e|routine)\b/i,
    factors: { structure: 1.4, context: 1.4, specifics: 1.3, reasons: 0.5 },
  },
  {
    cue: /\b(which|choose|pick|recommend|worth|should i)\b/i,
    factors: { context: 1.5, specifics: 1.3, structure: 0.6, brevity: 1.3 },
  },
  {
    cue: /\bhow\b/i,
    factors: { structure: 1.5, audience: 1.2, reasons: 0.6, noPadding: 1.3 },
  },
];

/** Positive effects on one criterion approach this sum, in points. */
const CEILING = 2.1;
/** More instructions than these get in each other's way. */
const INSTRUCTIONS_AT_EASE = 4;
/** What each further instruction costs every criterion, in points. */
const COST_OF_INSTRUCTION = 0.15;
/** Relative standard deviation by which a world's effects differ from the table. */
const WORLD_SPREAD = 0.2;

type Strengths = ReadonlyMap<Quality, PerCriterion>;
const strengthsByWorldSeed = new Map<number, Strengths>();

function strengthsOf(worldSeed: number): Strengths {
  const known = strengthsByWorldSeed.get(worldSeed);
  if (known !== undefined) return known;
  const entries = qualities.map((quality): [Quality, PerCriterion] => {
    const own = strengths[quality];
    return [
      quality,
      perCriterion((criterion, index) => {
        const deviation = normalOf('effect', worldSeed, quality, criterion);
        return (own[index] ?? 0) * (1 + WORLD_SPREAD * Math.max(-2, Math.min(2, deviation)));
      }),
    ];
  });
  const made = new Map(entries);
  strengthsByWorldSeed.set(worldSeed, made);
  return made;
}

/** The kind is read off the sentences that say what the request is about, not off instructions around them. */
function factorsOf(prompt: string): { readonly [quality in Quality]?: number } {
  const sentences = sentencesOf(prompt);
  const core = sentences.filter((sentence) => hasContent(sentence)).join(' ') || prompt;
  return kinds.find(({ cue }) => cue.test(core))?.factors ?? {};
}

/**
 * Points that a prompt's wording adds to (or takes from) each criterion, before they are bounded to the scale.
 * Helpful qualities have diminishing returns per criterion, harmful ones add up, and many instructions at once cost.
 */
export function wordingEffects(prompt: string, world: World): PerCriterion {
  if (world.effect === 0) return perCriterion(() => 0);
  const present: Qualities = readQualities(prompt);
  const factors = factorsOf(prompt);
  const strengthOf = strengthsOf(world.worldSeed);
  const found = qualities.filter((quality) => present[quality] > 0);
  const instructionCount = found.filter(isInstruction).length;
  const excess = Math.max(0, instructionCount - INSTRUCTIONS_AT_EASE) * COST_OF_INSTRUCTION;
  return perCriterion((criterion) => {
    let gain = 0;
    let loss = excess;
    for (const quality of found) {
      const points = present[quality] * (strengthOf.get(quality)?.[criterion] ?? 0) * (factors[quality] ?? 1);
      if (points > 0) gain += points;
      else loss -= points;
    }
    return world.effect * (CEILING * (1 - Math.exp(-gain / CEILING)) - loss);
  });
}

function isInstruction(quality: Quality): boolean {
  return qualities.indexOf(quality) <= qualities.indexOf('role');
}
