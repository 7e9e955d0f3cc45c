/** `prose export`: what PROSE has made, as files for other tools. */
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Cli } from '../cli.ts';
import { assertFree, DATASET_FORMS, type DatasetForm } from '../datasets/target.ts';
import { withStore } from '../with-store.ts';

interface DatasetOptions {
  readonly as: DatasetForm;
  readonly out?: string;
  readonly json?: boolean;
}

export function addExportVerb(cli: Cli): void {
  cli.program
    .command('export')
    .description('write what was made as files for other tools')
    .command('dataset')
    .description('write what a version was trained on, or the pairs of a run, with a card that describes it')
    .argument('<name>', 'a version, as `prose models list` shows it, or a run')
    .addOption(
      new Option('--as <form>', 'Parquet in the layout of model hubs, or plain files')
        .choices(DATASET_FORMS)
        .default('hub'),
    )
    .option('--out <folder>', 'a folder that is not there yet (default: ./dataset-<name>)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  prose export dataset dpo-0123456789ab\n  prose export dataset dpo-0123456789ab --as jsonl --out pairs',
    )
    .action((name: string, { as: form, out, json }: DatasetOptions) =>
      withStore(cli, async (store) => {
        const [{ readTrainingSet }, { writeDataset }] = await Promise.all([
          import('../datasets/training-set.ts'),
          import('../datasets/write-dataset.ts'),
        ]);
        const folder = resolve(cli.context.cwd, out ?? `dataset-${name}`);
        await assertFree(folder);
        const set = await readTrainingSet(store, name);
        const files = await writeDataset(set, form, folder);
        if (json === true) cli.printJson({ name, folder, simulated: set.simulated ?? null, files });
        else for (const { path, rows } of files) cli.print(`${resolve(folder, path)}: ${rows} rows`);
        if (set.simulated === true)
          cli.note(`${name} learned from simulated models: its rows say nothing of a real one.`);
      }),
    );
}
