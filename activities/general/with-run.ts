import type { Parameters } from '../store/duckdb/sql-values.ts';

/** The parameters with `$run`, the run's id, if the query has it: DuckDB refuses parameters that a query does not have. */
export function withRun(query: string, parameters: Parameters, run: string): Parameters {
  return /\$run\b/.test(query) ? { run, ...parameters } : parameters;
}
