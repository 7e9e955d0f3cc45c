import type { Activity } from '../../activity.ts';
import { proposedSchema, type ProposeOutput } from './propose-templates.ts';
import { readTemplateScores, shrunkGains } from '../../scoring/template-scores.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface PickInput {
  /** Templates to pick. */
  readonly count: number;
}

/** Prompts without a gain that each is taken to have been tried on before. */
const PRIOR_PROMPTS = 2;

/** After the search: the templates that did best, to be tried once more on prompts that it has not seen. */
export const pickTemplates: Activity<PickInput, ProposeOutput> = {
  name: 'pickTemplates',
  description: 'Picks the templates that did best on the training prompts.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({
    count: { type: 'integer', minimum: 1, maximum: 64, description: 'Templates to pick.' },
  }),
  output: proposedSchema,
  async run({ count }, context) {
    const gains = shrunkGains(await readTemplateScores('train', context), PRIOR_PROMPTS);
    const best = [...gains].toSorted(([, one], [, other]) => other - one).slice(0, count);
    return { templates: best.map(([index]) => index) };
  },
};
