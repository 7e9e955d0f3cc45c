import type { ExactJson } from './exact-json.ts';

/** One row of a user's file, as it stands there. */
export interface ImportedRow {
  /** Where it begins in the file, from 1; the row's number in a Parquet file. */
  readonly line: number;
  /** By column; an absent one has no value. */
  readonly cells: ReadonlyMap<string, ExactJson>;
}

/** What is counted while a file is read. */
export interface Tally {
  /** Rows that were given out. */
  rows: number;
  /** Lines without anything, which are no rows. */
  blankLines: number;
}

/** Longest row, in characters: beyond it a quote was most likely never closed. */
export const MAX_ROW_CHARS = 64_000_000;
