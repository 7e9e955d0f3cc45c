/** `prose sql`: queries over the project's data. */
import { once } from 'node:events';
import { join, relative, resolve, sep } from 'node:path';
import type { QueryOptions, ViewReader } from '../../activities/store/views/open-views.ts';
import { escapeJson, neutralise } from '../../activities/text/plain-text.ts';
import type { Value } from '../../definitions/model/types.ts';
import { wrongInput } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { runSqlShell, type ResultForm } from '../sql/sql-shell.ts';
import { formatCsv, formatTable } from '../text/table-text.ts';

interface SqlOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly parquet?: string;
}

export function addSqlVerb(cli: Cli): void {
  cli.program
    .command('sql')
    .description('query the data of all runs with DuckDB SQL; every table is a view')
    .argument('[query]', 'one statement that reads (default: a shell, or the statements on standard input)')
    .option('--json', 'print the rows as JSON objects')
    .option('--csv', 'print CSV')
    .option('--parquet <file>', "write the query's rows to a Parquet file below results/")
    .addHelpText(
      'after',
      `
Examples:
  prose sql
  prose sql "show tables"
  prose sql "select run, count(*) as answers from model_outputs group by run"
  prose sql --csv "select * from validator_scores where validator = 2" > scores.csv
  prose sql --parquet results/answers.parquet "from test_answers"
  prose sql --json < questions.sql`,
    )
    .action(async (query: string | undefined, options: SqlOptions) => {
      if (options.parquet !== undefined && query === undefined)
        throw wrongInput(
          '--parquet takes a query: prose sql --parquet results/answers.parquet "from test_answers"',
        );
      const { openViews } = await import('../../activities/store/views/open-views.ts');
      const views = await openViews({ backend: cli.backend });
      const form = options.json === true ? 'json' : options.csv === true ? 'csv' : 'table';
      try {
        if (query !== undefined && options.parquet !== undefined) {
          await asWrongInput(writeParquet(cli, views, query, options.parquet));
        } else if (query === undefined) {
          await runSqlShell(cli, form, {
            run: (sql, chosen, signal) => printResult(cli, views, sql, chosen, signal),
            listNames: () => listNames(views),
          });
        } else await printResult(cli, views, query, form);
      } finally {
        views.close();
      }
    });
}

/** Names of the views and of their columns, each once. */
async function listNames(views: ViewReader): Promise<string[]> {
  const { rows } = await views.query('select name, column_names from (show all tables)');
  const names = new Set(rows.flat(2).map(String));
  // Others would have to be quoted, and might command the terminal.
  return [...names].filter((name) => /^\w+$/u.test(name)).toSorted();
}

/** Throws `CliError` (wrong input) for a statement that DuckDB or the store refuses. */
async function printResult(
  cli: Cli,
  views: ViewReader,
  sql: string,
  form: ResultForm,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal ? { signal } : {};
  await asWrongInput(
    form === 'table'
      ? printTable(cli, views, sql, options)
      : printRows(cli, views, sql, form === 'csv' ? csv : json, options),
  );
}

/** What the store refuses is for the person to mend. */
async function asWrongInput(work: Promise<void>): Promise<void> {
  await work.catch(async (error: unknown) => {
    const { StoreError } = await import('../../activities/store/store-error.ts');
    throw error instanceof StoreError ? wrongInput(error.message) : error;
  });
}

async function writeParquet(cli: Cli, views: ViewReader, sql: string, file: string): Promise<void> {
  const path = resolve(cli.context.cwd, file);
  if (!path.startsWith(join(resolve(cli.root), 'results', sep)))
    throw wrongInput(`--parquet writes below ${join(cli.root, 'results')}, and ${path} is not.`);
  const key = relative(resolve(cli.root), path).split(sep).join('/');
  const { rowCount } = await views.exportQuery(sql, {}, key, { keepsRun: true });
  cli.note(`${rowCount} row${rowCount === 1 ? '' : 's'} in ${path}`);
}

/** Row by row as they come, so that a table of any size can be exported. */
async function printRows(
  cli: Cli,
  views: ViewReader,
  sql: string,
  format: RowFormat,
  options: QueryOptions,
): Promise<void> {
  const { stdout } = cli.context;
  const write = async (text: string): Promise<void> => {
    if (text !== '' && !stdout.write(text)) await once(stdout, 'drain');
  };
  let count = 0;
  await views.stream(
    sql,
    async ({ columns, rows, renamed }) => {
      if (count === 0 && renamed.length > 0) noteRenamed(cli, renamed);
      const names = columns.map(({ name }) => name);
      await write(format.rows(names, rows, count, stdout.isTTY === true));
      count += rows.length;
    },
    options,
  );
  await write(format.end(count));
}

/** How rows are printed, part by part. */
interface RowFormat {
  /** @param before rows printed already. */
  readonly rows: (
    columns: readonly string[],
    rows: readonly (readonly Value[])[],
    before: number,
    isTerminal: boolean,
  ) => string;
  readonly end: (count: number) => string;
}

const csv: RowFormat = {
  rows(columns, rows, before, isTerminal) {
    const text = formatCsv(before === 0 ? [columns, ...rows] : rows);
    // A program gets every character; a terminal must not obey any.
    return isTerminal ? neutralise(text) : text;
  },
  end: () => '',
};

/** A list of objects, one a line. */
const json: RowFormat = {
  rows: (columns, rows, before) =>
    rows
      .map((row, index) => {
        const object = Object.fromEntries(columns.map((name, column) => [name, row[column]]));
        return `${before + index === 0 ? '[' : ','}\n${escapeJson(JSON.stringify(object))}`;
      })
      .join(''),
  end: (count) => (count === 0 ? '[]\n' : '\n]\n'),
};

function noteRenamed(cli: Cli, renamed: readonly string[]): void {
  cli.note(`Columns of one name have a number behind it from the second on: ${renamed.join(', ')}.`);
}

async function printTable(cli: Cli, views: ViewReader, sql: string, options: QueryOptions): Promise<void> {
  const result = await views.query(sql, {}, options);
  if (result.renamed.length > 0) noteRenamed(cli, result.renamed);
  const columns = result.columns.map(({ name }) => name);
  for (const line of formatTable({ columns, rows: result.rows })) cli.print(line);
  cli.print(cli.colors.dim(`${result.rows.length} row${result.rows.length === 1 ? '' : 's'}`));
}
