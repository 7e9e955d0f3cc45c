import { prepareCheck } from '../../checks/run-check.ts';
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

/**
 * Before anything is scored: which validators look when, as the config has them. A check that could score no answer (a broken
 * query) fails here, before anything is paid for: `CHECK_FAILED`.
 */
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
  async run({ halving }, context) {
    const { settings } = context;
    const { checks = [] } = settings.validatorModel;
    for (const check of checks) await prepareCheck(check).rehearse(context);
    return { ...looksOf(panelOf(settings.validatorModel), halving), checks: checks.length > 0 };
  },
};
