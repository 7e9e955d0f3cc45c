import { panelOf } from '../../configs/settings/panel.ts';
import type { Settings } from '../../configs/settings/types.ts';

/** How large a trial is: the defaults of definitions/headroom.yaml. */
export const TRIAL = { prompts: 16, wordings: 4, answers: 2 } as const;

/** The models that look at everything: those that learning may hear. The referee stays fresh. */
export function trialJudges({ validatorModel }: Pick<Settings, 'validatorModel'>): number[] {
  const { teachers, validators } = panelOf(validatorModel);
  return teachers.filter((judge) => validators.includes(judge));
}

/** Model calls of such a trial: a rewriting, an answer and the score of one judge are a call each. */
export function trialCalls(settings: Pick<Settings, 'validatorModel'>): number {
  const judges = trialJudges(settings).length;
  return TRIAL.prompts * (TRIAL.wordings + (TRIAL.wordings + 1) * TRIAL.answers * (1 + judges));
}
