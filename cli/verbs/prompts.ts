/** `prose prompts`: the templates that `task-prompt` has found, which is in use for which task, and exports to other tools. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { createTwoFilesPatch } from 'diff';
import { promotionsOf, readChampionFile, type Champion } from '../../activities/store/champions.ts';
import { neutralise } from '../../activities/text/plain-text.ts';
import type { Cli } from '../cli.ts';
import { EXPORT_FORMS, exportTemplate, type ExportForm } from '../prompts/export-template.ts';
import { readRunOfTemplate } from '../prompts/run-of-template.ts';
import { championText } from '../text/champion-text.ts';
import { formatTable } from '../text/table-text.ts';
import { withStore } from '../with-store.ts';

interface JsonOption {
  readonly json?: boolean;
}

const PROMPT = 'a version, as `prose prompts list` shows it, or a task: its champion';

export function addPromptsVerb(cli: Cli): void {
  const prompts = cli.program
    .command('prompts')
    .description('templates that `prose run task-prompt` has found: list, compare, put into use, export');
  addListVerb(cli, prompts);
  addShowVerb(cli, prompts);
  addDiffVerb(cli, prompts);
  addChampionVerbs(cli, prompts);
  addExportVerb(cli, prompts);
}

const templates = () => import('../../activities/store/task-templates.ts');

function addListVerb(cli: Cli, prompts: Command): void {
  prompts
    .command('list')
    .description('list the versions, and the tasks they are in use for')
    .option('--json', 'print JSON')
    .action(({ json }: JsonOption) =>
      withStore(cli, async (store) => {
        const found = await (await templates()).listTaskTemplates(store);
        if (json === true) cli.printJson(found);
        else if (found.length === 0) cli.print('No templates yet: `prose run task-prompt` finds one.');
        else {
          const rows = found.map(({ version, championOf, template, manifest }) => [
            version,
            championOf.join(', '),
            manifest.run,
            manifest.simulated ? 'simulated' : 'real',
            template ?? '(none better than yours)',
          ]);
          const columns = ['version', 'champion of', 'run', 'models', 'template'];
          for (const line of formatTable({ columns, rows })) cli.print(line);
        }
      }),
    );
}

function addShowVerb(cli: Cli, prompts: Command): void {
  prompts
    .command('show')
    .description('print the template of a version, or with --json all that is known of it')
    .argument('<prompt>', PROMPT)
    .option('--json', 'print JSON')
    .action((name: string, { json }: JsonOption) =>
      withStore(cli, async (store) => {
        const { demandTemplate, readTaskTemplate, taskChampionFile } = await templates();
        const found = await readTaskTemplate(store, name);
        if (json !== true) return cli.print(neutralise(demandTemplate(found)));
        const promotions = await Promise.all(
          found.championOf.map(
            async (task) =>
              [task, promotionsOf(await readChampionFile(store, taskChampionFile(task)))] as const,
          ),
        );
        return cli.printJson({ ...found, promotions: Object.fromEntries(promotions) });
      }),
    );
}

function addDiffVerb(cli: Cli, prompts: Command): void {
  prompts
    .command('diff')
    .description('print, line by line, where two templates differ')
    .argument('<one>', PROMPT)
    .argument('<other>', PROMPT)
    .action((one: string, other: string) =>
      withStore(cli, async (store) => {
        const { demandTemplate, readTaskTemplate } = await templates();
        const [left, right] = [await readTaskTemplate(store, one), await readTaskTemplate(store, other)];
        const [before, after] = [`${demandTemplate(left)}\n`, `${demandTemplate(right)}\n`];
        if (before === after) return cli.print('They are the same.');
        const patch = createTwoFilesPatch(left.version, right.version, before, after);
        return cli.print(neutralise(patch.trimEnd()));
      }),
    );
}

function addChampionVerbs(cli: Cli, prompts: Command): void {
  prompts
    .command('promote')
    .description('make a version the champion of a task, which you name; other tasks keep theirs')
    .argument('<task>', "letters, digits, '.', '_' and '-'; a new name is a new task")
    .argument('<version>', 'as `prose prompts list` shows it')
    .option('--json', 'print JSON')
    .action((task: string, version: string, { json }: JsonOption) =>
      withStore(cli, async (store) => {
        const { promoteTemplate, readTaskTemplate } = await templates();
        const champion = await promoteTemplate(store, task, version);
        const { manifest } = await readTaskTemplate(store, champion.version);
        if (manifest.simulated)
          cli.note(`${champion.version} was found with simulated models: it says nothing of a real one.`);
        tell(cli, task, champion, json);
      }),
    );
  prompts
    .command('rollback')
    .description('make the champion of a task before the present one champion again')
    .argument('<task>', 'as `prose prompts list` shows it')
    .option('--json', 'print JSON')
    .action((task: string, { json }: JsonOption) =>
      withStore(cli, async (store) => {
        tell(cli, task, await (await templates()).rollBackTemplate(store, task), json);
      }),
    );
}

function tell(cli: Cli, task: string, champion: Champion, json: boolean | undefined): void {
  if (json === true) return cli.printJson({ task, ...champion });
  return cli.print(championText(task, champion));
}

function addExportVerb(cli: Cli, prompts: Command): void {
  prompts
    .command('export')
    .description('write a template as plain text, JSON of messages, a promptfoo config or a DSPy signature')
    .argument('<prompt>', PROMPT)
    .addOption(new Option('--as <form>', 'what it is written as').choices(EXPORT_FORMS).default('text'))
    .option('--out <file>', 'write it to a file instead of standard output')
    .action((name: string, { as: form, out }: { readonly as: ExportForm; readonly out?: string }) =>
      withStore(cli, async (store) => {
        const { demandTemplate, readTaskTemplate } = await templates();
        const found = await readTaskTemplate(store, name);
        const text = await exportTemplate(found.version, demandTemplate(found), form, () =>
          readRunOfTemplate(store, found),
        );
        // Whatever reads it by a pipe gets it as it is.
        if (out === undefined) cli.print((cli.isInteractive ? neutralise(text) : text).replace(/\n$/u, ''));
        else await writeFile(resolve(cli.context.cwd, out), text);
      }),
    );
}
