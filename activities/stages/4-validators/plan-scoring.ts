import { looksOf, panelOf, type Looks } from '../../../configs/settings/panel.ts';
import type { Activity } from '../../activity.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface ScoringInput {
  /** Whether the better variations alone are looked at by all. */
  readonly halving: boolean;
}

/** Who looks when, for the definition to go through. */
export interface ScoringOutput extends Looks {
  /** Whether there are checks: then `runChecks` goes before the validators. */
  readonly checks: boolean;
}

const validatorList = { type: 'array', items: { type: 'integer' } } as const;

/** Before anything is scored: which validators look when, as the config has them. */
export const planScoring: Activity<ScoringInput, ScoringOutput> = {
  name: 'planScoring',
  description: 'Says which validators look at which answers, and whether there are checks, by their config.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: true,
  input: objectSchema({
    halving: { type: 'boolean', description: 'Whether only the better variations are looked at by all.' },
  }),
  output: objectSchema({
    first: validatorList,
    again: validatorList,
    test: validatorList,
    checks: { type: 'boolean' },
  }),
  async run({ halving }, { settings }) {
    const { checks = [] } = settings.validatorModel;
    return { ...looksOf(panelOf(settings.validatorModel), halving), checks: checks.length > 0 };
  },
};
