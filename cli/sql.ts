/** `prose sql`: queries over the project's data. */
import type { ViewReader } from '../activities/store/open-views.ts';
import { wrongInput } from './cli-error.ts';
import type { Cli } from './cli.ts';
import { runSqlShell, type ResultForm } from './sql-shell.ts';
import { formatCsv, formatTable } from './table-text.ts';

interface SqlOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function addSqlVerb(cli: Cli): void {
  cli.program
    .command('sql')
    .description('query the data of all runs with DuckDB SQL; every table is a view')
    .argument('[query]', 'one statement that reads (default: a shell, or the statements on standard input)')
    .option('--json', 'print the rows as JSON objects')
    .option('--csv', 'print CSV')
    .addHelpText(
      'after',
      `
Examples:
  prose sql
  prose sql "show tables"
  prose sql "select run, count(*) as answers from model_outputs group by run"
  prose sql --csv "select * from validator_scores where validator = 2" > scores.csv
  prose sql --json < questions.sql`,
    )
    .action(async (query: string | undefined, options: SqlOptions) => {
      const { openViews } = await import('../activities/store/open-views.ts');
      const views = await openViews({ root: cli.root });
      const form = options.json === true ? 'json' : options.csv === true ? 'csv' : 'table';
      try {
        if (query === undefined)
          await runSqlShell(cli, form, (sql, chosen, signal) => printResult(cli, views, sql, chosen, signal));
        else await printResult(cli, views, query, form);
      } finally {
        views.close();
      }
    });
}

/** Throws `CliError` (wrong input) for a statement that DuckDB or the store refuses. */
async function printResult(
  cli: Cli,
  views: ViewReader,
  sql: string,
  form: ResultForm,
  signal?: AbortSignal,
): Promise<void> {
  const { StoreError } = await import('../activities/store/store-error.ts');
  const result = await views.query(sql, {}, signal ? { signal } : {}).catch((error: unknown) => {
    throw error instanceof StoreError ? wrongInput(error.message) : error;
  });
  const table = { columns: result.columns.map(({ name }) => name), rows: result.rows };
  if (form === 'json') {
    cli.printJson(
      table.rows.map((row) => Object.fromEntries(table.columns.map((name, column) => [name, row[column]]))),
    );
  } else if (form === 'csv') cli.context.stdout.write(formatCsv(table));
  else {
    for (const line of formatTable(table)) cli.print(line);
    cli.print(cli.colors.dim(`${table.rows.length} row${table.rows.length === 1 ? '' : 's'}`));
  }
}
