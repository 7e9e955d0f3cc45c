/** A trainer for models that cannot rewrite: it learns which template is the best to put a prompt into. */
import { fillTemplate } from '../../../configs/settings/approaches.ts';
import { winRate } from '../../statistics/win-rate.ts';
import { askWithLessons } from '../rewriter.ts';
import type { Accuracy, Trainer, TrainingPair } from '../trainer.ts';
import { fitStrengths, type Strengths } from './strengths.ts';
import { templateOf, UNTOUCHED } from './template-of.ts';

export interface TemplateSettings {
  /** Drawn games of each template against the untouched prompt that are taken as seen beforehand. */
  readonly prior: number;
}

/** Content of `templates.json`: log-odds against the untouched prompt, best first. */
interface TemplatesFile {
  readonly templates: readonly { readonly template: string; readonly strength: number }[];
}

const FILE = 'templates.json';

/**
 * Learns from variations that `template` approaches of prompt_variation_config have made; of a prompt it makes what the
 * best of them makes of it, and no model is asked. Where none did better than the untouched prompt, prompts stay as they are.
 */
export const template: Trainer<TemplateSettings> = {
  name: 'template',
  description:
    'Bradley-Terry strengths of the templates that prompts were put into; needs no rewriting model.',
  gpus: 0,
  asksNoModel: true,
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['prior'],
    properties: {
      prior: {
        description: 'Drawn games of each template against the untouched prompt, taken as seen beforehand.',
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1000,
      },
    },
  },
  async train({ pairs, heldOut, settings, files }) {
    const strengths = fitStrengths(pairs, settings.prior);
    const templates = [...strengths]
      .filter(([text]) => text !== UNTOUCHED)
      .map(([text, strength]) => ({ template: text, strength }))
      .toSorted((one, other) => other.strength - one.strength || (one.template < other.template ? -1 : 1));
    const content: TemplatesFile = { templates };
    await files.write(FILE, `${JSON.stringify(content, null, 2)}\n`);
    return {
      trainPairs: pairs.length,
      heldOutPairs: heldOut.length,
      heldOutAccuracy: measureAccuracy(heldOut, strengths),
    };
  },
  async open(files) {
    const { templates } = JSON.parse((await files.read(FILE)) ?? '{"templates":[]}') as TemplatesFile;
    const strengths: Strengths = new Map(templates.map((one) => [one.template, one.strength]));
    const lessons = templates.slice(0, 5).map(describe);
    return {
      lessons,
      ask: (basePrompt, settings) => askWithLessons(basePrompt, settings, lessons),
      write(basePrompt, index) {
        // Asked for more than there are, they come again: the same text is one candidate.
        const one = templates[index % templates.length];
        return one === undefined ? null : fillTemplate(one.template, basePrompt.trim());
      },
      score: (basePrompt, prompts) =>
        prompts.map((prompt) => strengthOf(strengths, templateOf(basePrompt, prompt))),
    };
  },
};

function describe({ template: text, strength }: TemplatesFile['templates'][number]): string {
  return `${JSON.stringify(text)} (${strength > 0 ? 'helps' : 'hurts'})`;
}

/** A text of no known template is as good as untouched: nothing is known of it. */
function strengthOf(strengths: Strengths, text: string | undefined): number {
  return text === undefined ? 0 : (strengths.get(text) ?? 0);
}

function measureAccuracy(heldOut: readonly TrainingPair[], strengths: Strengths): Accuracy | null {
  if (heldOut.length === 0) return null;
  const { share, low, high } = winRate(
    heldOut.map(({ topic, prompt, chosen, rejected }) => ({
      cluster: topic,
      value:
        strengthOf(strengths, templateOf(prompt, chosen)) -
        strengthOf(strengths, templateOf(prompt, rejected)),
    })),
  );
  return { value: share, low, high };
}
