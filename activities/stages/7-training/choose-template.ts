import { restsOnSimulation } from '../../../configs/settings/simulated.ts';
import { sectionOf } from '../../../configs/settings/trainer-contract.ts';
import type { Activity } from '../../activity.ts';
import { readTemplateScores, shrunkGains } from '../../scoring/template-scores.ts';
import { digest } from '../../store/digest.ts';
import { writeModelVersion } from '../../store/model-registry.ts';
import { versionOfTemplates, winnerOf, type TemplateSettings } from '../../trainers/template/template.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

const role = 'prompt_optimization';

export type ChooseInput = Record<string, never>;

export interface ChooseOutput {
  /** Version under `models/prompt_optimization/`. */
  readonly version: string;
  /** The best template, with its `{{columns}}`; empty where none did better than the user's own. */
  readonly template: string;
}

/** Ends the search for a template: a version of the prompt-optimization model that puts the best of them first. */
export const chooseTemplate: Activity<ChooseInput, ChooseOutput> = {
  name: 'chooseTemplate',
  description:
    'Makes a version of the templates that were tried on prompts which the search has not seen, best first.',
  taskQueue: 'prose',
  asksNoModel: true,
  cacheable: 'it reads whatever is in the tables of its run',
  input: objectSchema({}),
  output: objectSchema({ version: { type: 'string' }, template: { type: 'string' } }),
  async run(_input, context) {
    const { store, run, settings, log } = context;
    const scores = await readTemplateScores('select', context);
    const { prior } = sectionOf(settings.promptOptimization, 'template') as TemplateSettings;
    const texts = new Map(
      (
        await store.query('select template_idx, template from prompt_templates where run = $run', {
          run: run.runId,
        })
      ).map((row) => [Number(row['template_idx']), String(row['template'])]),
    );
    const templates = [...shrunkGains(scores, prior)].map(([index, strength]) => ({
      template: texts.get(index) ?? '',
      strength,
    }));
    const data = digest(scores);
    const version = `template-${digest({ data, templates, prior, seed: run.seed }).slice(0, 12)}`;
    const metrics = { trainPairs: scores.length, heldOutPairs: 0, heldOutAccuracy: null };
    await writeModelVersion(
      store,
      {
        role,
        version,
        trainer: 'template',
        run: run.runId,
        settingsDigest: run.settingsDigest,
        seed: run.seed,
        parents: [],
        data: { prompt_templates: data },
        simulated: restsOnSimulation(settings),
      },
      { ...versionOfTemplates(templates), 'metrics.json': `${JSON.stringify(metrics, null, 2)}\n` },
    );
    log.info({ version, templates: templates.length }, 'the best template is chosen');
    return { version, template: winnerOf(templates) ?? '' };
  },
};
