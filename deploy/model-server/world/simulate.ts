/** Answers one request as one of the simulated models: a pure function of model, messages, sampling, seed and world. */
import type { JsonSchema } from '../../../definitions/types.ts';
import { writeBasePrompts } from './base-prompt-model.ts';
import { fitToSchema, isRecord } from './fit-to-schema.ts';
import { answerPrompt } from './main-model.ts';
import { rewriteByLessons } from './prompt-optimizer-model.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { roleOf } from './roles.ts';
import type { SimulatedModel } from './roles.ts';
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

/** One token of an answer; `distribution` holds the probabilities of "1" to "5" if it is a score. */
export interface SimulatedToken {
  readonly text: string;
  readonly distribution?: readonly number[];
}

/** The whole answer, before any token limit. */
export function simulate(model: SimulatedModel, request: SimulationRequest, world: World): SimulatedToken[] {
  const { messages, schema } = request;
  const seed = request.temperature === 0 ? 'greedy' : `${request.seed ?? 0}/${request.sample}`;
  const text = messages.map(({ content }) => content).join('\n\n');
  const role = model.role ?? roleOf(text, request.asksForJson);
  switch (role) {
    case 'main': {
      const prompt = messages.findLast((message) => message.role === 'user')?.content ?? '';
      const answer = answerPrompt(prompt, seed, world);
      return plainTokens(schema === undefined ? answer : jsonOf({ answer }, schema));
    }
    case 'base-prompt':
      return plainTokens(
        jsonOf(writeBasePrompts(text, wantedList(schema), seed, world.worldSeed), schema),
      );
    case 'variation':
      return plainTokens(jsonOf({ prompt: rewriteByApproach(text, seed, world.worldSeed) }, schema));
    case 'prompt-optimizer':
      return plainTokens(jsonOf({ prompt: rewriteByLessons(text, seed, world.worldSeed) }, schema));
    case 'validator': {
      const judgements = judge(text, model.validator, seed, world);
      const random = createRandom('score', model.validator, world.worldSeed, seed, text);
      return scoreTokens(judgements, request.temperature === 0 ? undefined : random, schema);
    }
  }
}

function plainTokens(text: string): SimulatedToken[] {
  return tokenize(text).map((token) => ({ text: token }));
}

function jsonOf(value: unknown, schema: JsonSchema | undefined): string {
  return JSON.stringify(schema === undefined ? value : fitToSchema(value, schema));
}

function wantedList(schema: JsonSchema | undefined): 'topics' | 'prompts' | undefined {
  const properties = schema?.['properties'];
  if (!isRecord(properties)) return undefined;
  if (Object.hasOwn(properties, 'topics')) return 'topics';
  return Object.hasOwn(properties, 'prompts') ? 'prompts' : undefined;
}

/** JSON with the keys of the schema (else of the rubric) in order, each score a token of its own. */
function scoreTokens(
  judgements: readonly Judgement[],
  random: Random | undefined,
  schema: JsonSchema | undefined,
): SimulatedToken[] {
  const properties = schema?.['properties'];
  const parts = new Map<string, unknown>(isRecord(properties) ? Object.entries(properties) : []);
  const keys = parts.size > 0 ? [...parts.keys()] : [...judgements.map(({ key }) => key), 'reason'];
  const tokens: SimulatedToken[] = [];
  for (const [index, key] of keys.entries()) {
    tokens.push(...plainTokens(`${index === 0 ? '{' : ', '}${JSON.stringify(key)}: `));
    const judgement = judgements.find((one) => one.key === key);
    if (judgement !== undefined) {
      tokens.push({ text: String(chooseLevel(judgement.distribution, random)), ...judgement });
    } else {
      const part = parts.get(key);
      tokens.push(...plainTokens(jsonOf(reasonFor(judgements), isRecord(part) ? part : undefined)));
    }
  }
  tokens.push({ text: keys.length === 0 ? '{}' : '}' });
  return tokens.map(({ text, distribution }) => (distribution === undefined ? { text } : { text, distribution }));
}

/** Draws a level from its distribution; without randomness, the likeliest. */
function chooseLevel(distribution: readonly number[], random: Random | undefined): number {
  if (random === undefined) return distribution.indexOf(Math.max(...distribution)) + 1;
  let rest = random.next();
  const index = distribution.findIndex((probability) => (rest -= probability) < 0);
  return index < 0 ? distribution.length : index + 1;
}

function reasonFor(judgements: readonly Judgement[]): string {
  const ranked = judgements.toSorted((one, other) => other.score - one.score);
  const nameOf = (judgement: Judgement | undefined): string => judgement?.key.replace(/\D+/g, '') ?? '';
  return `The answer does best on criterion ${nameOf(ranked[0])} and worst on criterion ${nameOf(ranked.at(-1))}.`;
}
