/** The card of a training set as model hubs read it: YAML above, Markdown below. Pure. */
import { stringify } from 'yaml';
import type { TrainingSet } from './training-set.ts';

/** A split's file, relative to the card. */
export interface SplitFile {
  readonly split: 'train' | 'validation';
  readonly path: string;
  readonly rows: number;
}

/** Bounds of the size categories of hubs. */
const SIZES = [
  [1e3, 'n<1K'],
  [1e4, '1K<n<10K'],
  [1e5, '10K<n<100K'],
  [1e6, '100K<n<1M'],
] as const;

export function describeHubSet(
  { name, manifest, simulated, train }: TrainingSet,
  files: readonly SplitFile[],
): string {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const fields = Object.keys(train[0] ?? {});
  const front = stringify({
    pretty_name: `PROSE ${name}`,
    tags: ['prose', 'trl', kindOf(fields)],
    size_categories: [SIZES.find(([bound]) => rows < bound)?.[1] ?? 'n>1M'],
    configs: [{ config_name: 'default', data_files: files.map(({ split, path }) => ({ split, path })) }],
  });
  const of = manifest === undefined ? `The pairs of the run \`${name}\`` : trainedOn(manifest);
  const world =
    simulated === true
      ? '\n**The models whose answers and scores these are were simulated: nothing in here says anything of a real one.**\n'
      : simulated === undefined
        ? '\nWhether the models whose answers and scores these are were simulated is not known.\n'
        : '';
  const table = files.map(({ split, path, rows: count }) => `| ${split} | \`${path}\` | ${count} |`);
  return `---
${front}---

# ${name}

${of}, written by PROSE. Splits are by topic: no topic of \`validation\` is in \`train\`.
${world}
| split | file | rows |
| --- | --- | --- |
${table.join('\n')}

Fields: ${fields.map((field) => `\`${field}\``).join(', ')}; texts are in the conversational form of TRL's data sets.
Made by models, judged by models or programs: whatever they are wrong about is in here.
`;
}

function trainedOn({ version, role, trainer, run }: NonNullable<TrainingSet['manifest']>): string {
  return trainer === 'none'
    ? `What \`${version}\` (${role}, of the run \`${run}\`) would be trained on`
    : `What \`${version}\` (${role}, trained by \`${trainer}\` in the run \`${run}\`) was trained on`;
}

function kindOf(fields: readonly string[]): string {
  return fields.includes('rejected') ? 'preference' : 'sft';
}
