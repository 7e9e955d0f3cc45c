/** `prose sql`: queries over the project's data. */
import { once } from 'node:events';
import { join, resolve, sep } from 'node:path';
import type { QueryOptions, ViewReader } from '../activities/store/open-views.ts';
import { neutralise } from '../activities/report/plain-text.ts';
import { wrongInput } from './cli-error.ts';
import type { Cli } from './cli.ts';
import { runSqlShell, type ResultForm } from './sql-shell.ts';
import { formatCsv, formatTable } from './table-text.ts';

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
      const { openViews } = await import('../activities/store/open-views.ts');
      const views = await openViews({ root: cli.root });
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
    form === 'csv' ? printCsv(cli, views, sql, options) : printWhole(cli, views, sql, form, options),
  );
}

/** What the store refuses is for the person to mend. */
async function asWrongInput(work: Promise<void>): Promise<void> {
  await work.catch(async (error: unknown) => {
    const { StoreError } = await import('../activities/store/store-error.ts');
    throw error instanceof StoreError ? wrongInput(error.message) : error;
  });
}

async function writeParquet(cli: Cli, views: ViewReader, sql: string, file: string): Promise<void> {
  const path = resolve(cli.context.cwd, file);
  if (!path.startsWith(join(resolve(cli.root), 'results', sep)))
    throw wrongInput(`--parquet writes below ${join(cli.root, 'results')}, and ${path} is not.`);
  const { rowCount } = await views.exportQuery(sql, {}, path, { keepsRun: true });
  cli.note(`${rowCount} row${rowCount === 1 ? '' : 's'} in ${path}`);
}

/** Row by row as they come, so that a table of any size can be exported. */
async function printCsv(cli: Cli, views: ViewReader, sql: string, options: QueryOptions): Promise<void> {
  const { stdout } = cli.context;
  let isBegun = false;
  await views.stream(
    sql,
    async ({ columns, rows }) => {
      const head = isBegun ? [] : [columns.map(({ name }) => name)];
      isBegun = true;
      const csv = formatCsv([...head, ...rows]);
      // A program gets every character; a terminal must not obey any.
      const shown = stdout.isTTY === true ? neutralise(csv) : csv;
      if (!stdout.write(shown)) await once(stdout, 'drain');
    },
    options,
  );
}

async function printWhole(
  cli: Cli,
  views: ViewReader,
  sql: string,
  form: ResultForm,
  options: QueryOptions,
): Promise<void> {
  const result = await views.query(sql, {}, options);
  const columns = result.columns.map(({ name }) => name);
  if (form === 'json') {
    cli.printJson(
      result.rows.map((row) => Object.fromEntries(columns.map((name, column) => [name, row[column]]))),
    );
    return;
  }
  for (const line of formatTable({ columns, rows: result.rows })) cli.print(line);
  cli.print(cli.colors.dim(`${result.rows.length} row${result.rows.length === 1 ? '' : 's'}`));
}
