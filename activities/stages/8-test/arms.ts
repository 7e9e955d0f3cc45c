import { TUNED } from '../../report/training-metrics.ts';

/** What an arm of the test is. */
export type ArmKind = 'baseline' | 'rewriter' | 'trained' | 'untrained' | 'champion' | 'tuned' | 'both';

export interface Arm {
  readonly kind: ArmKind;
  /** As it stands in the test tables and in metrics.json: durable. */
  readonly name: string;
  /** `prompt_variation_idx` of its prompts: durable. */
  readonly index: number;
  readonly description: string;
}

/** The arm that spends what the trained ones spend and has learned nothing: what they gain beyond it is the learning. */
export const control = 'untrained' satisfies ArmKind;

/** The arm of the reigning champion, which a new version must beat to take its place. There is none without one. */
export const reigning = 'champion' satisfies ArmKind;

/** The arms of the test, in order. The one that uses a trained version as `prose optimize` does has its trainer's name. */
export function armsOf(trainer: string): readonly Arm[] {
  return [
    { kind: 'baseline', name: 'baseline', index: -1, description: 'the untouched base prompt' },
    {
      kind: 'rewriter',
      name: 'rewriter',
      index: 0,
      description: 'rewritten once by the prompt-optimization model, unranked',
    },
    {
      kind: 'trained',
      name: trainer,
      index: 1,
      description: `the best of several rewritings and the untouched prompt, as the trained ${trainer} orders them`,
    },
    {
      kind: control,
      name: control,
      index: 2,
      description:
        'the control at equal spend: as many rewritings without lessons, and the choice left to the model that wrote them',
    },
    { kind: reigning, name: reigning, index: 3, description: 'as the reigning champion words it' },
    {
      kind: TUNED,
      name: TUNED,
      index: 4,
      description: 'the untouched base prompt, answered by the fine-tuned main model',
    },
    {
      kind: 'both',
      name: 'both',
      index: 5,
      description: `as the trained ${trainer} words it, answered by the fine-tuned main model`,
    },
  ];
}

/** Whether an arm is answered by the fine-tuned main model. */
export function isTuned(arm: string): boolean {
  return arm === TUNED || arm === ('both' satisfies ArmKind);
}
