/** A GGUF model on the processor, some answers at once. */
import { randomInt } from 'node:crypto';
import { parseJson } from '../../definitions/documents/json-text.ts';
import { ApiError } from '../model-server/api-error.ts';
import type { Message, ModelRequest } from '../model-server/chat-request.ts';
import {
  chatTemplateOf,
  importLlama,
  type Llama,
  type LlamaModel,
  type LlamaModule,
  type LlamaSequence,
  type Token,
} from './llama.ts';
import { createSlots } from './slots.ts';

export interface EngineOptions {
  /** Of a GGUF file. */
  readonly modelPath: string;
  /** Path of the module that runs it. */
  readonly runtime: string;
  /** Answers at once. */
  readonly slots: number;
  /** Threads of the processor. */
  readonly threads: number;
  /** Tokens of prompt and answer together, of which the model may have learned fewer. */
  readonly contextSize: number;
}

/** What was generated, token by token. */
export interface Generated {
  readonly text: string;
  /** Tokens generated. */
  readonly count: number;
  /** Of each token, where log-probabilities were asked for. */
  readonly tokens: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly top: readonly Ranked[];
  }[];
  readonly finishReason: 'stop' | 'length';
  readonly stopReason: string | null;
}

export interface Ranked {
  readonly token: string;
  readonly logprob: number;
}

export interface Engine {
  readonly maxModelLen: number;
  /** Answers that are being generated or wait. */
  readonly load: number;
  countTokens(messages: readonly Message[]): number;
  /**
   * @param index of the answer among the `n` that are asked for.
   * @param signal ends the generation; it then rejects with its reason.
   */
  generate(request: ModelRequest<unknown>, index: number, signal: AbortSignal): Promise<Generated>;
  close(): Promise<void>;
}

/** vLLM's stand-in for the logarithm of 0. */
const IMPOSSIBLE = -9999;
const MAX_SEED = 2 ** 31;

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { modelPath, runtime, slots: slotCount, threads, contextSize } = options;
  const module = await importLlama(runtime);
  const llama = await module.getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    logLevel: 'error',
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath });
  const render = await chatTemplateOf(model, runtime);
  // A context for each slot: in one that several answers share, words of one get into another.
  const contexts = await Promise.all(
    Array.from({ length: slotCount }, () =>
      model.createContext({
        sequences: 1,
        contextSize: Math.min(contextSize, model.trainContextSize),
        threads,
      }),
    ),
  );
  const slots = createSlots(contexts.map((context) => context.getSequence()));
  const tokensOf = (messages: readonly Message[]): Token[] => model.tokenize(render(messages), true);

  return {
    maxModelLen: Math.min(...contexts.map((context) => context.contextSize)),
    get load() {
      return slots.load;
    },
    countTokens: (messages) => tokensOf(messages).length,
    async generate(request, index, signal) {
      const tokens = tokensOf(request.prompts[0] ?? []);
      const grammar = await grammarOf(llama, request);
      // What another answer has left of the same beginning need not be read again.
      const likeness = (sequence: LlamaSequence): number =>
        sequence.compareContextTokens(tokens).firstDifferentIndex;
      return slots.use(likeness, signal, (sequence) =>
        generateOn(sequence, tokens, { request, index, signal, module, model, grammar }),
      );
    },
    close: () => llama.dispose(),
  };
}

/** What an answer must be like; undefined for free text. Throws `ApiError` `INVALID_FIELD` for a schema that cannot be followed. */
async function grammarOf(llama: Llama, { asksForJson, schema }: ModelRequest<unknown>): Promise<unknown> {
  if (schema !== undefined) {
    return llama.createGrammarForJsonSchema(schema).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError('INVALID_FIELD', `The schema cannot be followed: ${reason}`, 'response_format');
    });
  }
  return asksForJson ? llama.getGrammarFor('json') : undefined;
}

interface Generation {
  readonly request: ModelRequest<unknown>;
  readonly index: number;
  readonly signal: AbortSignal;
  readonly module: LlamaModule;
  readonly model: LlamaModel;
  readonly grammar: unknown;
}

async function generateOn(
  sequence: LlamaSequence,
  prompt: readonly Token[],
  { request, index, signal, module, model, grammar }: Generation,
): Promise<Generated> {
  const { temperature, topP, seed, maxTokens, stop, logprobs, topLogprobs } = request;
  // The last token is read in any case: what follows it is what is wanted.
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  const generator = sequence.evaluateWithMetadata(
    prompt.slice(sequence.nextTokenIndex),
    { probabilities: logprobs },
    {
      temperature,
      topP,
      topK: 0,
      minP: 0,
      seed: seed === undefined ? randomInt(MAX_SEED) : (seed + index) % MAX_SEED,
      yieldEogToken: true,
      ...(grammar === undefined
        ? {}
        : { grammarEvaluationState: new module.LlamaGrammarEvaluationState({ model, grammar }) }),
    },
  );
  const ranked = (token: Token, probability: number): Ranked => ({
    token: model.detokenize([token]),
    logprob: probability > 0 ? Math.log(probability) : IMPOSSIBLE,
  });
  const tokens: Token[] = [];
  const details: Generated['tokens'][number][] = [];
  const end = (
    finishReason: Generated['finishReason'],
    text: string,
    stopReason: string | null,
  ): Generated => ({
    text,
    count: tokens.length,
    tokens: details,
    finishReason,
    stopReason,
  });
  for await (const { token, probabilities } of generator) {
    signal.throwIfAborted();
    if (model.isEogToken(token)) return end('stop', model.detokenize(tokens), null);
    tokens.push(token);
    if (probabilities !== undefined)
      details.push({
        ...ranked(token, probabilities.get(token) ?? 0),
        top: [...probabilities].slice(0, topLogprobs).map(([one, probability]) => ranked(one, probability)),
      });
    // Only where it is looked at: reading all tokens again with each one costs.
    const text = stop.length > 0 || request.asksForJson ? model.detokenize(tokens) : '';
    const [first] = stop
      .map((one) => ({ one, at: text.indexOf(one) }))
      .filter(({ at }) => at >= 0)
      .toSorted((left, right) => left.at - right.at);
    if (first !== undefined) return end('stop', text.slice(0, first.at), first.one);
    // A small model likes to go on with white space, which JSON allows for ever.
    if (request.asksForJson && isWholeJson(text)) return end('stop', text, null);
    if (tokens.length >= maxTokens) break;
  }
  return end('length', model.detokenize(tokens), null);
}

/** Of an object or a list: a number may always go on. */
function isWholeJson(text: string): boolean {
  return /[}\]]\s*$/u.test(text) && parseJson(text) !== undefined;
}
