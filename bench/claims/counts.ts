/** The share of the worlds that one process measures: those whose place leaves `index` when divided by `parts`. */
export interface Part {
  readonly index: number;
  readonly parts: number;
  readonly worlds: number;
}

/** What was counted: hits, and of how many. */
export interface Counts {
  /** Test tables of each sort: with a known gain, with none, and with the stated smallest effect. */
  readonly tables: number;
  readonly covered: number;
  readonly found: number;
  readonly falselyProven: number;
  readonly faulty: number;
  readonly caught: number;
  readonly honest: number;
  readonly accused: number;
  readonly worlds: number;
  readonly promoted: number;
}
