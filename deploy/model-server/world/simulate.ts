/** Answers one request as one of the simulated models: a pure function of model, messages, sampling, seed and world. */
import { isFields } from '../../../definitions/documents/fields.ts';
import type { JsonSchema } from '../../../definitions/model/types.ts';
import { writeBasePrompts } from './base-prompt-model.ts';
import { fitToSchema } from './fit-to-schema.ts';
import { answerPrompt } from './main-model.ts';
import { chooseWording, rewriteByLessons, writeInstruction } from './prompt-optimizer-model.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { roleOf } from './roles.ts';
import type { SimulatedModel, SimulatedRole } from './roles.ts';
import { tokenize } from './tokens.ts';
import { judge } from './validator.ts';
import type { Judgement } from './validator.ts';
import { rewriteByApproach } from './variation-model.ts';
import type { World } from './world.ts';

export interface SimulationRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** 0 = greedy: the seed makes no difference. */
  readonly temperature: number;
  /** Absent = 0, so that nothing depends on chance. */
  readonly seed?: number;
  /** Which of the `n` answers, from 0. */
  readonly sample: number;
  /** Whether any JSON, or JSON of `schema`, was asked for. */
  readonly asksForJson: boolean;
  readonly schema?: JsonSchema;
}

/** A whole answer in tokens. */
export interface SimulatedAnswer {
  readonly tokens: readonly string[];
  /** Probabilities of "1" to "5" where a token is a score, by its index. */
  readonly distributions: ReadonlyMap<number, readonly number[]>;
}

/** What a simulated model is given to answer by. */
interface Assignment {
  readonly request: SimulationRequest;
  /** All messages. */
  readonly text: string;
  readonly seed: string;
  readonly validator: number;
  readonly world: World;
}

const answerers: { readonly [role in SimulatedRole]: (assignment: Assignment) => SimulatedAnswer } = {
  'base-prompt': (assignment) => {
    const { request, text, seed, world } = assignment;
    return jsonAnswer(writeBasePrompts(text, wantedList(request.schema), seed, world.worldSeed), assignment);
  },
  variation: (assignment) => {
    const { text, seed, world } = assignment;
    return jsonAnswer({ prompt: rewriteByApproach(text, seed, world.worldSeed) }, assignment);
  },
  'prompt-optimizer': (assignment) => {
    const { text, seed, world } = assignment;
    if (text.includes('<failures>'))
      return jsonAnswer({ instruction: writeInstruction(text, seed, world.worldSeed) }, assignment);
    return jsonAnswer(
      text.includes('<wordings>')
        ? { choice: chooseWording(text, seed, world.worldSeed) }
        : { prompt: rewriteByLessons(text, seed, world.worldSeed) },
      assignment,
    );
  },
  main: (assignment) => {
    const { request, seed, world } = assignment;
    const prompt = request.messages.findLast((message) => message.role === 'user')?.content ?? '';
    const answer = answerPrompt(prompt, seed, world);
    return request.schema === undefined ? plainAnswer(answer) : jsonAnswer({ answer }, assignment);
  },
  validator({ request: { temperature, schema }, text, seed, validator, world }) {
    const judgements = judge(text, validator, seed, world);
    const random = createRandom('score', validator, world.worldSeed, seed, text);
    const madeUp = createRandom('made up', validator, world.worldSeed, seed, text);
    return scoreAnswer(judgements, temperature === 0 ? undefined : random, schema, madeUp);
  },
};

/** The whole answer, before any token limit. */
export function simulate(model: SimulatedModel, request: SimulationRequest, world: World): SimulatedAnswer {
  const text = request.messages.map(({ content }) => content).join('\n\n');
  const role = model.role ?? roleOf(text, request.asksForJson);
  const seed = request.temperature === 0 ? 'greedy' : `${request.seed ?? 0}/${request.sample}`;
  return answerers[role]({ request, text, seed, validator: model.validator, world });
}

function jsonAnswer(value: unknown, { request, text, seed, world }: Assignment): SimulatedAnswer {
  const random = createRandom('made up', world.worldSeed, seed, text);
  return plainAnswer(jsonOf(value, request.schema, random));
}

function plainAnswer(text: string): SimulatedAnswer {
  return { tokens: tokenize(text), distributions: new Map() };
}

function jsonOf(value: unknown, schema: JsonSchema | undefined, random: Random): string {
  return JSON.stringify(schema === undefined ? value : fitToSchema(value, schema, random));
}

function wantedList(schema: JsonSchema | undefined): 'topics' | 'prompts' | undefined {
  const properties = schema?.['properties'];
  if (!isFields(properties)) return undefined;
  if (Object.hasOwn(properties, 'topics')) return 'topics';
  return Object.hasOwn(properties, 'prompts') ? 'prompts' : undefined;
}

/** JSON with the keys of the schema (else of the rubric) in order, each score a token of its own. */
function scoreAnswer(
  judgements: readonly Judgement[],
  random: Random | undefined,
  schema: JsonSchema | undefined,
  madeUp: Random,
): SimulatedAnswer {
  const properties = schema?.['properties'];
  const parts = new Map<string, unknown>(isFields(properties) ? Object.entries(properties) : []);
  const keys = parts.size > 0 ? [...parts.keys()] : [...judgements.map(({ key }) => key), 'reason'];
  const tokens: string[] = [];
  const distributions = new Map<number, readonly number[]>();
  for (const [index, key] of keys.entries()) {
    tokens.push(...tokenize(`${index === 0 ? '{' : ', '}${JSON.stringify(key)}: `));
    const judgement = judgements.find((one) => one.key === key);
    if (judgement === undefined) {
      const part = parts.get(key);
      tokens.push(...tokenize(jsonOf(reasonFor(judgements), isFields(part) ? part : undefined, madeUp)));
    } else {
      distributions.set(tokens.length, judgement.distribution);
      tokens.push(String(chooseLevel(judgement.distribution, random)));
    }
  }
  tokens.push(keys.length === 0 ? '{}' : '}');
  return { tokens, distributions };
}

/** Draws a level from its distribution; without randomness, the likeliest. */
function chooseLevel(distribution: readonly number[], random: Random | undefined): number {
  if (random === undefined) return distribution.indexOf(Math.max(...distribution)) + 1;
  let rest = random.next();
  const index = distribution.findIndex((probability) => (rest -= probability) < 0);
  return index < 0 ? distribution.length : index + 1;
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Without digits, so that no part of the reason looks like a score. */
function reasonFor(judgements: readonly Judgement[]): string {
  const ranked = judgements.toSorted((one, other) => other.score - one.score);
  const [best, worst] = [ranked[0], ranked.at(-1)].map((judgement) =>
    judgement === undefined ? 'only' : (ordinals[judgements.indexOf(judgement)] ?? 'last'),
  );
  return `The answer does best on the ${best} criterion and worst on the ${worst} one.`;
}
