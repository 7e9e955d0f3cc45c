import { isAbsolute } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DEFAULT_PART } from '../../definitions/model/default-part.ts';
import type { Found } from '../../definitions/documents/problem.ts';
import { isFields } from '../../definitions/documents/fields.ts';
import { isFileInside } from '../../definitions/documents/read-text.ts';
import type { JsonSchema, Value } from '../../definitions/model/types.ts';
import { objectSchema } from '../../definitions/model/object-schema.ts';
import type { Activity, ActivityContext } from '../activity.ts';
import { ActivityError } from '../attempts/errors.ts';
import { importFiles, type NamedFile } from '../imports/import-files.ts';
import type { ImportedTable } from '../imports/import-table.ts';
import { kindOfFile } from '../imports/read-rows.ts';
import { isWellFormed } from '../../definitions/documents/well-formed-text.ts';
import { openViews, type ViewReader } from '../store/views/open-views.ts';
import { withOwnPart } from '../store/user-tables/own-part.ts';
import type { Store } from '../store/store.ts';
import type { Parameters } from '../store/duckdb/sql-values.ts';
import { USER_TABLE_PATTERN, userTablePath } from '../store/user-tables/user-tables.ts';
import { checkInto, checkQuery } from './check-table-input.ts';
import { columnsSchema, tableNameSchema } from './table-schemas.ts';
import { withRun } from './with-run.ts';

export interface SqlInput {
  /** One statement that reads. `$name` stands for a parameter; `$run` is the run's id unless given. */
  readonly query: string;
  readonly parameters?: Parameters;
  /** Files of the project that the query reads, by the name it has for them. */
  readonly files?: { readonly [view: string]: string };
  /** Table to write. Default: none, and the first rows are returned. */
  readonly into?: string;
  /** Where several tasks fill one table, each writes a part. Default `part`. */
  readonly part?: string;
}

export interface SqlOutput {
  /** Null without `into`. */
  readonly table: string | null;
  /** Relative to the root; null without `into`. */
  readonly path: string | null;
  /** Rows written or returned. */
  readonly rowCount: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** At most 100; none with `into`. */
  readonly rows: readonly { readonly [column: string]: Value }[];
  /** Whether there are more rows than were returned. */
  readonly isTruncated: boolean;
  /** What was read of each of `files`, by the query's name for it; absent without any. */
  readonly files?: { readonly [view: string]: ImportedTable };
}

const MAX_ROWS = 100;
const importedTableSchema: JsonSchema = objectSchema({
  rowCount: { type: 'integer' },
  blankLineCount: { type: 'integer' },
  mixedColumns: { type: 'array', items: { type: 'string' } },
});
/** They become part of the run's history. */
const MAX_ROWS_CHARS = 256_000;

/** A DuckDB query over every table and view of the project, made into a table or returned. */
export const sql: Activity<SqlInput, SqlOutput> = {
  name: 'sql',
  description: 'Queries the tables with DuckDB SQL; the rows become a table, or the first 100 are returned.',
  taskQueue: 'prose',
  writesPart: true,
  asksNoModel: true,
  cacheable: 'its query may read the tables of every run',
  input: objectSchema(
    {
      query: { type: 'string', description: 'One SELECT; $name is a parameter, $run the id of the run.' },
      parameters: {
        type: 'object',
        description: "Values of the query's $names.",
        additionalProperties: {
          anyOf: [
            { type: ['string', 'number', 'boolean', 'null'] },
            { type: 'array', items: { type: ['string', 'number', 'boolean', 'null'] } },
          ],
        },
      },
      files: {
        type: 'object',
        description:
          'Parquet, CSV, TSV, JSON, JSONL or text files of the project, by the name the query has for them.',
        propertyNames: { pattern: USER_TABLE_PATTERN },
        additionalProperties: { type: 'string' },
      },
      into: tableNameSchema,
      part: tableNameSchema,
    },
    ['parameters', 'files', 'into', 'part'],
  ),
  output: objectSchema(
    {
      table: { type: ['string', 'null'] },
      path: { type: ['string', 'null'] },
      rowCount: { type: 'integer' },
      columns: columnsSchema,
      rows: { type: 'array', items: { type: 'object' } },
      isTruncated: { type: 'boolean' },
      files: { type: 'object', additionalProperties: importedTableSchema },
    },
    ['files'],
  ),
  async check({ query, into, files }, project) {
    const named = Object.entries(isFields<Value>(files) ? files : {});
    const missing = await Promise.all(
      named.map(async ([view, file]): Promise<readonly Found[]> => {
        if (typeof file !== 'string' || (await isFileInside(project.root, file))) return [];
        const message = `There is no file '${file}' inside the project.`;
        return [{ code: 'FILE_MISSING', message, advice: 'Correct the path.', at: ['files', view] }];
      }),
    );
    const views = named.map(([view]) => view);
    return [...checkInto(into), ...missing.flat(), ...(await checkQuery(query, 'query', project, views))];
  },
  async run(input, context) {
    const { store } = context;
    const { runId } = context.run;
    const path =
      input.into === undefined
        ? undefined
        : userTablePath({ table: input.into, run: runId, part: input.part ?? DEFAULT_PART });
    assertWellFormed(input.parameters ?? {});
    const files = await filesInside(store, input.files ?? {});
    let imported: { readonly [view: string]: ImportedTable } = {};
    const prepare = async (connection: DuckDBConnection): Promise<void> => {
      imported = await importFiles(connection, files);
    };
    const parquet = files.filter(({ file }) => kindOfFile(file) === 'parquet').map((file) => file.path);
    const views = await openViews({
      backend: store.backend,
      run: runId,
      files: parquet,
      names: Object.keys(input.files ?? {}),
      prepare,
    });
    try {
      if (files.length > 0) context.log.info({ files: imported }, 'files read');
      const said = files.length === 0 ? {} : { files: imported };
      const parameters = withRun(input.query, input.parameters ?? {}, runId);
      if (path === undefined)
        return { ...(await firstRows(views, input.query, parameters, context)), ...said };
      const written = await withOwnPart(store.backend, path, context.task, () =>
        views.exportQuery(input.query, parameters, path, context),
      );
      return { table: input.into ?? null, path, ...written, rows: [], isTruncated: false, ...said };
    } finally {
      views.close();
    }
  },
};

async function firstRows(
  views: ViewReader,
  query: string,
  parameters: Parameters,
  { signal, log }: ActivityContext,
): Promise<SqlOutput> {
  const {
    columns,
    rows: found,
    renamed,
  } = await views.query(query, parameters, { maxRows: MAX_ROWS + 1, signal });
  if (renamed.length > 0) log.info({ renamed }, 'columns of one name were told apart');
  const rows = found
    .slice(0, MAX_ROWS)
    .map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
  if (JSON.stringify(rows).length > MAX_ROWS_CHARS) {
    throw new ActivityError(
      'RESULT_TOO_LARGE',
      `The rows have more than ${MAX_ROWS_CHARS} characters. Write them into a table ('into'), or select less.`,
    );
  }
  const isTruncated = found.length > MAX_ROWS;
  return { table: null, path: null, rowCount: rows.length, columns, rows, isTruncated };
}

/** DuckDB would be given other texts. */
function assertWellFormed(parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    if ([value].flat().every((cell) => typeof cell !== 'string' || isWellFormed(cell))) continue;
    throw new ActivityError(
      'BROKEN_UNICODE',
      `The parameter '${name}' has half of a surrogate pair in it, which no file can keep.`,
    );
  }
}

/** Real paths of files; links that leave the root are refused. */
async function filesInside(
  store: Store,
  files: { readonly [view: string]: string },
): Promise<readonly NamedFile[]> {
  const entries = Object.entries(files).map(async ([view, file]): Promise<NamedFile> => {
    const path = await store.findNamed(file).catch(() => undefined);
    if (path === undefined || isAbsolute(file))
      throw new ActivityError('BAD_FILE', `There is no file '${file}' inside the project.`);
    return { view, file, path };
  });
  return Promise.all(entries);
}
