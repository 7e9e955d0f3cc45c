/** A trainer for models that cannot rewrite: it learns which template is the best to put a prompt into. */
import { fillTemplate, PROMPT_PLACE } from '../../../configs/settings/approaches.ts';
import { columnsNamedIn, fillColumns } from '../../imports/fill-columns.ts';
import { fieldOf, type PromptFields } from '../../imports/prompt-fields.ts';
import { shareRight } from '../../statistics/share-right.ts';
import { askWithLessons } from '../rewriter.ts';
import type { Accuracy, Trainer, TrainingPair } from '../trainer.ts';
import { fitStrengths, type Strengths } from './strengths.ts';
import { templateOf, UNTOUCHED } from './template-of.ts';
import { objectSchema } from '../../../definitions/model/object-schema.ts';

export interface TemplateSettings {
  /** Drawn games of each template against the untouched prompt that are taken as seen beforehand. */
  readonly prior: number;
}

/** A template, and how much better than the untouched prompt it is: log-odds, or points where it was searched for. */
export interface RankedTemplate {
  readonly template: string;
  readonly strength: number;
}

/** Content of `templates.json`: best first. */
interface TemplatesFile {
  readonly templates: readonly RankedTemplate[];
}

/** Of templates equally strong the shorter comes first: it costs less. */
function bestFirst(templates: readonly RankedTemplate[]): readonly RankedTemplate[] {
  return templates.toSorted(
    (one, other) =>
      other.strength - one.strength ||
      one.template.length - other.template.length ||
      (one.template < other.template ? -1 : 1),
  );
}

/** The best of them, if it did better than the untouched prompt. */
export function winnerOf(templates: readonly RankedTemplate[]): string | undefined {
  const [best] = bestFirst(templates);
  return best !== undefined && best.strength > 0 ? best.template : undefined;
}

const FILE = 'templates.json';

/**
 * The files of a version that has found these templates: `templates.json`, and the best one alone in `template.txt`, if any did
 * better than the untouched prompt. A template has `{prompt}`, or columns of the prompts file as `{{input}}`.
 */
export function versionOfTemplates(found: readonly RankedTemplate[]): { readonly [name: string]: string } {
  const winner = winnerOf(found);
  return {
    [FILE]: `${JSON.stringify({ templates: bestFirst(found) }, null, 2)}\n`,
    ...(winner === undefined ? {} : { 'template.txt': `${winner}\n` }),
  };
}

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
  settings: objectSchema({
    prior: {
      description: 'Drawn games of each template against the untouched prompt, taken as seen beforehand.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1000,
    },
  }),
  async train({ pairs, heldOut, settings, files }) {
    const strengths = fitStrengths(pairs, settings.prior);
    const templates = [...strengths]
      .filter(([text]) => text !== UNTOUCHED)
      .map(([text, strength]) => ({ template: text, strength }));
    for (const [name, content] of Object.entries(versionOfTemplates(templates)))
      await files.write(name, content);
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
      write(basePrompt, index, fields) {
        // Asked for more than there are, they come again: the same text is one candidate.
        const one = templates[index % templates.length];
        return one === undefined ? null : fill(one.template, basePrompt, fields);
      },
      score(basePrompt, prompts, fields) {
        const written = new Map(
          templates.map((one) => [fill(one.template, basePrompt, fields), one.strength]),
        );
        return prompts.map(
          (prompt) => written.get(prompt) ?? strengthOf(strengths, templateOf(basePrompt, prompt)),
        );
      },
    };
  },
};

/** Null where the template names columns that a prompt by itself does not have. */
function fill(text: string, basePrompt: string, fields: PromptFields = {}): string | null {
  if (text.includes(PROMPT_PLACE)) return fillTemplate(text, basePrompt.trim());
  const isWhole = columnsNamedIn(text).every((column) => fieldOf(fields, column) !== undefined);
  return isWhole ? fillColumns(text, fields) : null;
}

function describe({ template: text, strength }: RankedTemplate): string {
  return `${JSON.stringify(text)} (${strength > 0 ? 'helps' : 'hurts'})`;
}

/** A text of no known template is as good as untouched: nothing is known of it. */
function strengthOf(strengths: Strengths, text: string | undefined): number {
  return text === undefined ? 0 : (strengths.get(text) ?? 0);
}

function measureAccuracy(heldOut: readonly TrainingPair[], strengths: Strengths): Accuracy | null {
  return shareRight(
    heldOut.map(({ topic, prompt, chosen, rejected }) => ({
      cluster: topic,
      value:
        strengthOf(strengths, templateOf(prompt, chosen)) -
        strengthOf(strengths, templateOf(prompt, rejected)),
    })),
  );
}
