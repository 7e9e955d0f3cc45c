import { NO_TRAINER } from '../../configs/settings/trainer-contract.ts';
import type { PromptVariationConfig, RoleConfig, Settings } from '../../configs/settings/types.ts';
import type { Value } from '../../definitions/model/types.ts';
import { armsOf, control, isTuned, reigning } from './8-test/arms.ts';
import { MOST_LESSONS, UNTOUCHED_TIMES } from './7-lessons/choose-candidates.ts';
import { DRAWN_SHARE, KEPT_SHARE } from './5-halving/halving.ts';
import { looksOf, panelOf } from '../../configs/settings/panel.ts';
import { writesByItself } from '../trainers/index.ts';
import { moneyOf, sumSpend, type Spend } from '../inference/spend/spend.ts';

/**
 * What one stage will ask of the models: an estimate of calls, an upper bound of answer tokens (as if every answer were as
 * long as its `maxTokens` allows) and of money.
 */
export interface SpendEstimate extends Spend {
  readonly stage: string;
}

/** Characters of English text per token, a rule of thumb that holds within a third for today's tokenizers. */
const charactersPerToken = 4;
/** Tokens of a typical request, rewritten request and answer, where they are part of another prompt. */
const typical = { request: 25, rewrite: 60, lessons: 120 };

/**
 * What a run of `prose` will buy before retries, from the same numbers that the stages use.
 * @param hasChampion whether there is a reigning champion, which is tested as well. Default: none.
 * @returns undefined for other definitions: their calls depend on data that is not there yet
 */
export function estimateSpend(
  definition: string,
  params: { readonly [name: string]: Value },
  settings: Settings,
  hasChampion = false,
): SpendEstimate[] | undefined {
  if (definition !== 'prose') return undefined;
  const { basePrompt, promptVariation, mainModel, validatorModel, promptOptimization, fineTuning, texts } =
    settings;
  const generated = !params['promptsFile'];
  const count = Number(params['basePrompts']);
  const variations = Number(params['variations']);
  const topics = Math.ceil(count / basePrompt.promptsPerTopic);
  const tested = Math.round(count * basePrompt.splits.test);
  const explored = Math.round(count * (basePrompt.splits.train + basePrompt.splits.select));
  const first = explored * (variations + 1) * mainModel.samples;
  const isHalved = params['halving'] !== false;
  const better = Math.ceil(variations * KEPT_SHARE);
  const kept = 1 + better + DRAWN_SHARE * (variations - better);
  const again = isHalved ? Math.round(explored * kept * mainModel.samples) : 0;
  const hasControl = params['equalSpend'] !== false;
  const learned = Math.round(count * basePrompt.splits.train);
  const lessonPrompts = Math.min(learned, Number(params['lessonPrompts'] ?? 0));
  const lessonAnswers = lessonPrompts * (MOST_LESSONS + UNTOUCHED_TIMES) * mainModel.samples;
  const writesItself = writesByItself(promptOptimization.trainer);
  const armCount = armsOf(promptOptimization.trainer).filter(
    ({ kind, name }) =>
      (hasControl || kind !== control) &&
      (hasChampion || kind !== reigning) &&
      (fineTuning.trainer !== NO_TRAINER.name || !isTuned(name)) &&
      (!writesItself || kind !== 'rewriter'),
  ).length;
  const testAnswers = tested * armCount * mainModel.testSamples;
  const stage = (
    name: string,
    calls: number,
    text: string,
    filled: number,
    config: RoleConfig,
  ): SpendEstimate => {
    const promptTokens = Math.round(calls * (text.length / charactersPerToken + filled));
    const completionTokens = calls * config.sampling.maxTokens;
    const money = moneyOf(promptTokens, completionTokens, config.model.price);
    return { stage: name, calls, promptTokens, completionTokens, money };
  };
  const judged = texts.val_model_input + texts.rubric;
  const answerTokens = mainModel.sampling.maxTokens / 2;
  // Planted and rescored answers come on top.
  const planted = 1 + validatorModel.sentinels + validatorModel.audit;
  const looks = looksOf(panelOf(validatorModel), isHalved);
  const scores = (name: string, answersOf: (validator: number) => number): SpendEstimate => {
    const perValidator = validatorModel.validators.map((validator) =>
      stage(
        name,
        Math.round(answersOf(validator.validator) * planted),
        judged,
        typical.request + answerTokens,
        validator,
      ),
    );
    return { stage: name, ...sumSpend(perValidator) };
  };
  return [
    stage(
      'base_prompts',
      generated ? topics + Math.ceil(topics / 20) : 0,
      texts.base_prompt_input,
      0,
      basePrompt,
    ),
    stage(
      'prompt_variations',
      Math.round(explored * variations * instructedShare(promptVariation)),
      texts.prompt_variation_input,
      typical.request,
      promptVariation,
    ),
    stage('model_outputs', first + again, texts.main_model_input, typical.rewrite, mainModel),
    scores(
      'validator_scores',
      (validator) =>
        (looks.first.includes(validator) ? first : 0) + (looks.again.includes(validator) ? again : 0),
    ),
    stage(
      'lesson_prompts',
      lessonPrompts * MOST_LESSONS,
      texts.prompt_variation_input,
      typical.request,
      promptVariation,
    ),
    stage('lesson_outputs', lessonAnswers, texts.main_model_input, typical.rewrite, mainModel),
    scores('lesson_scores', (validator) =>
      panelOf(validatorModel).teachers.includes(validator) ? lessonAnswers : 0,
    ),
    stage(
      'test_rewrites',
      tested *
        promptOptimization.rewrites *
        (Number(!writesItself) + Number(hasControl) + Number(hasChampion)),
      texts.prompt_optimization_model_input,
      typical.lessons,
      promptOptimization,
    ),
    stage(
      'test_choices',
      hasControl ? tested : 0,
      texts.prompt_optimization_model_input,
      typical.rewrite * promptOptimization.rewrites,
      promptOptimization,
    ),
    stage('test_outputs', testAnswers, texts.main_model_input, typical.rewrite, mainModel),
    scores('test_scores', () => testAnswers),
  ];
}

/** Share of the variations that a model writes: those of templates cost nothing. */
function instructedShare({ approaches }: PromptVariationConfig): number {
  return approaches.filter((approach) => 'instruction' in approach).length / approaches.length;
}
