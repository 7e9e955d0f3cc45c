/** What a query reads, as far as DuckDB's parser tells: nothing is run, and no table need be there. */
import { DuckDBInstance } from '@duckdb/node-api';
import type { Value } from '../../../definitions/model/types.ts';
import { walkJson } from '../../../definitions/model/walk-json.ts';

/** Why a query cannot be read, or the tables that it names, in small letters, without those that it makes itself. */
export type ParsedQuery = { readonly error: string } | { readonly tables: readonly string[] };

/** Of statements that DuckDB cannot write as JSON, such as `describe`, no table is known. */
export async function parseQuery(query: string): Promise<ParsedQuery> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll('select json_serialize_sql($query::varchar)', { query });
    const tree: Value = JSON.parse(String(reader.getRows()[0]?.[0] ?? 'null'));
    return read(tree);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function read(tree: Value): ParsedQuery {
  const made = new Set<string>();
  const named = new Set<string>();
  for (const { value } of walkJson(tree)) {
    if (!isMap(value)) continue;
    const {
      error_type: errorType,
      error_message: message,
      type,
      table_name: table,
      schema_name: schema,
    } = value;
    if (errorType === 'parser') return { error: typeof message === 'string' ? message : errorType };
    if (type === 'BASE_TABLE' && schema === '' && typeof table === 'string') named.add(table.toLowerCase());
    const ctes = isMap(value['cte_map']) ? value['cte_map']['map'] : undefined;
    for (const cte of Array.isArray(ctes) ? (ctes as readonly Value[]) : [])
      if (isMap(cte) && typeof cte['key'] === 'string') made.add(cte['key'].toLowerCase());
  }
  return { tables: [...named].filter((name) => !made.has(name)) };
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
