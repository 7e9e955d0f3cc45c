/** What is used of `node-llama-cpp`, which is installed when it is needed and so cannot be imported by name. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Number of a token in the model's vocabulary. */
export type Token = number;

export interface LlamaModule {
  getLlama(options: {
    readonly gpu: false;
    readonly build: 'never';
    readonly skipDownload: true;
    readonly logLevel: 'error';
    readonly maxThreads: number;
  }): Promise<Llama>;
  readonly LlamaGrammarEvaluationState: new (options: {
    readonly model: LlamaModel;
    readonly grammar: unknown;
  }) => object;
}

export interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: object): Promise<unknown>;
  getGrammarFor(type: 'json'): Promise<unknown>;
  dispose(): Promise<void>;
}

export interface LlamaModel {
  readonly trainContextSize: number;
  readonly fileInfo: { readonly metadata: { readonly tokenizer: { readonly chat_template?: string } } };
  readonly tokens: { readonly bosString: string | null; readonly eosString: string | null };
  tokenize(text: string, specialTokens: boolean): Token[];
  detokenize(tokens: readonly Token[]): string;
  isEogToken(token: Token): boolean;
  createContext(options: {
    readonly sequences: 1;
    readonly contextSize: number;
    readonly threads: number;
  }): Promise<LlamaContext>;
}

export interface LlamaContext {
  readonly contextSize: number;
  getSequence(): LlamaSequence;
}

export interface LlamaSequence {
  readonly nextTokenIndex: number;
  compareContextTokens(tokens: readonly Token[]): { readonly firstDifferentIndex: number };
  adaptStateToTokens(tokens: readonly Token[], allowShift: false): Promise<void>;
  evaluateWithMetadata(
    tokens: readonly Token[],
    metadata: { readonly probabilities: boolean },
    options: {
      readonly temperature: number;
      readonly topP: number;
      readonly topK: number;
      readonly minP: number;
      readonly seed: number;
      readonly yieldEogToken: true;
      readonly grammarEvaluationState?: object;
    },
  ): AsyncGenerator<{ readonly token: Token; readonly probabilities?: ReadonlyMap<Token, number> }>;
}

/** A chat template as models bring it along (Jinja). */
export type ChatTemplate = (
  messages: readonly { readonly role: string; readonly content: string }[],
) => string;

/** @param runtime path of the module's entry, as `getRuntime` gives it. */
export async function importLlama(runtime: string): Promise<LlamaModule> {
  return (await import(pathToFileURL(runtime).href)) as LlamaModule;
}

/** The template of a model, which every model that can chat brings along. Throws an `Error` if there is none. */
export async function chatTemplateOf(
  { fileInfo, tokens }: LlamaModel,
  runtime: string,
): Promise<ChatTemplate> {
  const text = fileInfo.metadata.tokenizer.chat_template;
  if (text === undefined)
    throw new Error('The model has no chat template: it is none that answers requests.');
  const { Template } = (await import(
    pathToFileURL(createRequire(runtime).resolve('@huggingface/jinja')).href
  )) as { readonly Template: new (text: string) => { render(values: object): string } };
  const template = new Template(text);
  return (messages) =>
    template.render({
      messages,
      add_generation_prompt: true,
      bos_token: tokens.bosString ?? '',
      eos_token: tokens.eosString ?? '',
    });
}
