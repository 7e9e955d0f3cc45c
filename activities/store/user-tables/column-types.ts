/** Which type a column has whose files have different ones. Pure; types as DuckDB says them. */

const INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'];
const UNSIGNED = ['UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'];

/**
 * The type that holds what all of these hold: a wider number, else a text. Undefined for lists, or structs, alone, whose fields
 * DuckDB unites itself.
 */
export function widestType(types: readonly string[]): string | undefined {
  const [first] = types;
  if (types.every((type) => type === first)) return first;
  if (types.every((type) => type.startsWith('STRUCT(')) || types.every((type) => type.endsWith('[]')))
    return undefined;
  if (types.every(isInteger)) {
    const ranks = types.map((type) =>
      INTEGERS.includes(type) ? INTEGERS.indexOf(type) : UNSIGNED.indexOf(type) + 1,
    );
    return INTEGERS[Math.max(...ranks)];
  }
  if (types.every((type) => isInteger(type) || /^(?:FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)))
    return 'DOUBLE';
  return types.every((type) => type === 'DATE' || type === 'TIMESTAMP') ? 'TIMESTAMP' : 'VARCHAR';
}

/**
 * SQL for a column, given as SQL, as another type. A value that this would change ends a query that reads it, with `said`.
 *
 * @param said a text in quotes.
 */
export function castExactly(column: string, from: string, to: string, said: string): string {
  if (from === to) return column;
  if (to === 'VARCHAR') {
    const isNested = /[\])]$/.test(from) && !from.startsWith('DECIMAL');
    return isNested ? `to_json(${column})::varchar` : `${column}::varchar`;
  }
  const cast = `try_cast(${column} as ${to})`;
  return `case when try_cast(${cast} as ${from}) is not distinct from ${column} then ${cast} else error(${said}) end`;
}

function isInteger(type: string): boolean {
  return INTEGERS.includes(type) || UNSIGNED.includes(type);
}
