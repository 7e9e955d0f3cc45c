/**
 * A user's table over all runs. Its columns are those of all files, matched by name and null where a file has none. Where files
 * differ in the type of a column it has the widest of them, so that no run's rows keep others from being read.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { castExactly, widestType } from './column-types.ts';
import { quote, quoteName } from '../duckdb/database.ts';
import { escapeGlob, globOfRuns, runDirectory, runOfFile } from '../paths.ts';

/** Files of the same columns. */
interface FileGroup {
  readonly files: readonly string[];
  /** Type by name, as the files write it. A column without a value in any row has none. */
  readonly types: ReadonlyMap<string, string | undefined>;
}

export interface UserTableView {
  /** The query that the view is. */
  readonly query: string;
  /** Columns that files have in different types, in words; none usually. */
  readonly mixed: readonly string[];
  /**
   * Queries to try one after another: with the types that a run's own files have, if there are such, the widest ones, and those of
   * other files, for who asks for these alone.
   */
  readonly forms: (run: string | undefined) => readonly string[];
}

/** A name that no column of a user has. */
const FILE = '__prose_file';

/** A query is tried with so many other types at the most. */
const MOST_OTHERS = 8;

/** @param directory absolute. */
export async function readUserTableView(
  connection: DuckDBConnection,
  name: string,
  directory: string,
): Promise<UserTableView> {
  const glob = quote(globOfRuns(directory));
  const groups = await readGroups(connection, glob);
  const typesOf = (column: string): string[] => [
    ...new Set(groups.flatMap(({ types }) => types.get(column) ?? [])),
  ];
  const columns = [...new Set(groups.flatMap(({ types }) => [...types.keys()]))];
  const mixed = columns.filter((column) => typesOf(column).length > 1);
  const query = (chosen: (column: string) => string | undefined): string =>
    groups
      .map(({ files, types }) => {
        const cells = [...types].map(([column, type]) => {
          const to = chosen(column) ?? type;
          const cell = quoteName(column);
          if (type === undefined) return to === undefined ? cell : `null::${to} as ${cell}`;
          const said = `The column '${column}' of '${name}' is ${typesOf(column).join(' or ')}, by run, and has a value here that is no ${to}: cast it, or choose a run`;
          return `${castExactly(cell, type, to ?? type, quote(said))} as ${cell}`;
        });
        const list = files.map((file) => quote(escapeGlob(file))).join(', ');
        return `select ${[...cells, `${runOfFile(FILE)} as run`].join(', ')} from read_parquet([${list}], hive_partitioning = false, union_by_name = true, filename = '${FILE}')`;
      })
      .join(' union all by name ');
  if (mixed.length === 0) {
    const rows = `read_parquet(${glob}, hive_partitioning = false, union_by_name = true, filename = '${FILE}')`;
    return {
      query: `select * exclude (${FILE}), ${runOfFile(FILE)} as run from ${rows}`,
      mixed: [],
      forms: () => [],
    };
  }
  const widest = (column: string): string | undefined => widestType(typesOf(column));
  const widened = query(widest);
  return {
    query: widened,
    mixed: mixed.map((column) => `'${column}' of '${name}' (${typesOf(column).join(', ')})`),
    forms(run) {
      const isOf = ({ files }: FileGroup): boolean =>
        run !== undefined && files.some((file) => file.includes(`/${runDirectory(run)}/`));
      const asIn = ({ types }: FileGroup): string => query((column) => types.get(column) ?? widest(column));
      const others = groups.filter((group) => !isOf(group)).slice(0, MOST_OTHERS);
      return [...groups.filter(isOf).map(asIn), widened, ...others.map(asIn)];
    },
  };
}

async function readGroups(connection: DuckDBConnection, glob: string): Promise<readonly FileGroup[]> {
  const found = await connection.runAndReadAll(`
    with empty as (
      select file_name, list(path_in_schema order by path_in_schema) as columns from (
        select file_name, path_in_schema from parquet_metadata(${glob})
        group by all having sum(stats_null_count) = sum(num_values)
      ) group by file_name
    ), forms as (
      select file_name, string_agg(concat_ws(':', name, type, converted_type, logical_type, num_children), '|' order by column_id) as form
      from parquet_schema(${glob}) group by file_name
    )
    select list(file_name order by file_name), any_value(coalesce(columns, []))
    from forms left join empty using (file_name) group by form, coalesce(columns, []) order by min(file_name)`);
  const groups: FileGroup[] = [];
  for (const [files, empty] of found.getRowsJson()) {
    const names = Array.isArray(files) ? files.map(String) : [];
    const valueless = new Set(Array.isArray(empty) ? empty.map(String) : []);
    const described = await connection.runAndReadAll(
      `describe from read_parquet(${quote(escapeGlob(names[0] ?? ''))}, hive_partitioning = false)`,
    );
    const types = described
      .getRows()
      .map(([column, type]): [string, string] => [String(column), String(type)])
      .map(([column, type]) => [column, valueless.has(column) ? undefined : type] as const);
    groups.push({ files: names, types: new Map(types) });
  }
  return groups;
}
