/** `prose sql`: a query over the project's data. */
import { wrongInput } from './cli-error.ts';
import type { Cli } from './cli.ts';
import { formatCsv, formatTable } from './table-text.ts';

interface SqlOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function addSqlVerb(cli: Cli): void {
  cli.program
    .command('sql')
    .description('query the data of all runs with DuckDB SQL; every table is a view')
    .argument('<query>', 'one statement that reads')
    .option('--json', 'print the rows as JSON objects')
    .option('--csv', 'print CSV')
    .addHelpText(
      'after',
      `
Examples:
  prose sql "show tables"
  prose sql "select run, count(*) as answers from model_outputs group by run"
  prose sql --csv "select * from validator_scores where validator = 2" > scores.csv`,
    )
    .action(async (query: string, options: SqlOptions) => {
      const [{ openViews }, { StoreError }] = await Promise.all([
        import('../activities/store/open-views.ts'),
        import('../activities/store/store-error.ts'),
      ]);
      const views = await openViews({ root: cli.root });
      try {
        const result = await views.query(query).catch((error: unknown) => {
          throw error instanceof StoreError ? wrongInput(error.message) : error;
        });
        const table = { columns: result.columns.map(({ name }) => name), rows: result.rows };
        if (options.json === true) {
          cli.printJson(
            table.rows.map((row) =>
              Object.fromEntries(table.columns.map((name, column) => [name, row[column]])),
            ),
          );
        } else if (options.csv === true) cli.context.stdout.write(formatCsv(table));
        else {
          for (const line of formatTable(table)) cli.print(line);
          cli.print(cli.colors.dim(`${table.rows.length} row${table.rows.length === 1 ? '' : 's'}`));
        }
      } finally {
        views.close();
      }
    });
}
