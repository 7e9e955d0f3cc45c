/** A file of labels that a person has saved or filled in. It is taken as a whole, or refused with every line that is wrong. */
import { GREATEST_SCORE, LEAST_SCORE } from '../../configs/settings/criteria.ts';
import type { ExactJson } from '../imports/exact-json.ts';
import { kindOfFile, readRows } from '../imports/read-rows.ts';
import type { ImportedRow } from '../imports/rows.ts';
import { answerColumns, PREFERENCES, scoreColumn, type LabelForm, type Preference } from './label-columns.ts';

/** What people were asked. */
export interface Asked {
  readonly form: LabelForm;
  /** Names of the criteria, in the rubric's order. */
  readonly criteria: readonly string[];
  /** Ids of the pairs. */
  readonly pairs: ReadonlySet<string>;
}

/** What one person said of one pair. */
export interface Label {
  readonly pair: string;
  readonly labeler: string;
  /** Null unless the form is `pairwise`. */
  readonly preferred: Preference | null;
  /** Of those criteria that were scored: the criterion's number from 1, and the scores of both answers. */
  readonly scores: readonly { readonly criterion: number; readonly a: number; readonly b: number }[];
}

/** Stable: tests branch on them. */
type LabelProblemCode =
  | 'UNKNOWN_PAIR'
  | 'NO_LABELER'
  | 'WRONG_SCORE'
  | 'HALF_A_SCORE'
  | 'WRONG_PREFERENCE'
  | 'CONTRADICTION'
  | 'MISSING_COLUMN'
  | 'NO_LABELS';

export interface LabelProblem {
  readonly code: LabelProblemCode;
  /** Null where it is the whole file. */
  readonly line: number | null;
  /** A sentence. */
  readonly message: string;
}

export interface ReadLabels {
  readonly labels: readonly Label[];
  /** None of the labels may be used if there are any. */
  readonly problems: readonly LabelProblem[];
}

/** Longest name of a person, in characters. */
const MAX_NAME = 200;

/**
 * @param path absolute.
 * @param file as the user named it.
 * @param by who has labelled, where a row does not say.
 * @throws ImportError where the file, or a row of it, cannot be read as it stands.
 */
export async function readLabels(
  path: string,
  file: string,
  asked: Asked,
  by: string | undefined,
): Promise<ReadLabels> {
  if (kindOfFile(file) === 'parquet')
    return refused('MISSING_COLUMN', `Labels are read from CSV and JSON files, not from Parquet.`);
  const { rows, header } = await readRows(path, file);
  const reader = new LabelReader(asked, by);
  for await (const row of rows) reader.add(row);
  return reader.finish(header());
}

function refused(code: LabelProblemCode, message: string): ReadLabels {
  return { labels: [], problems: [{ code, line: null, message }] };
}

class LabelReader {
  readonly #asked: Asked;
  readonly #by: string | undefined;
  readonly #labels = new Map<string, Label>();
  readonly #problems: LabelProblem[] = [];
  readonly #columns = new Set<string>();

  constructor(asked: Asked, by: string | undefined) {
    this.#asked = asked;
    this.#by = by;
  }

  add({ line, cells }: ImportedRow): void {
    const row = new Map([...cells].map(([name, value]) => [name.trim().toLowerCase(), value]));
    for (const name of row.keys()) this.#columns.add(name);
    const wrong = (code: LabelProblemCode, message: string): void =>
      void this.#problems.push({ code, line, message });
    const text = (name: string): string => textOf(row.get(name.toLowerCase())).trim();
    const pair = text('pair');
    const isPairwise = this.#asked.form === 'pairwise';
    const preferred = isPairwise ? this.#preferredIn(text('preferred'), wrong) : null;
    const scores = isPairwise ? [] : this.#scoresIn(text, wrong);
    if (preferred === null && scores.length === 0) return;
    const labeler = text('labeler') || this.#by || '';
    if (!this.#asked.pairs.has(pair))
      wrong('UNKNOWN_PAIR', `'${pair.slice(0, 40)}' is no pair of this run's sample.`);
    if (labeler === '' || labeler.length > MAX_NAME)
      wrong(
        'NO_LABELER',
        `It does not say who has labelled: fill in 'labeler' (at most ${MAX_NAME} characters), or give --by NAME.`,
      );
    const label = { pair, labeler, preferred, scores };
    const key = JSON.stringify([pair, labeler]);
    const before = this.#labels.get(key);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(label))
      wrong('CONTRADICTION', `'${labeler}' has labelled the pair '${pair}' otherwise in another row.`);
    this.#labels.set(key, label);
  }

  finish(header: readonly string[]): ReadLabels {
    const known = new Set([...this.#columns, ...header.map((name) => name.trim().toLowerCase())]);
    const missing = ['pair', ...answerColumns(this.#asked.form, this.#asked.criteria)].filter(
      (name) => !known.has(name.toLowerCase()),
    );
    if (missing.length > 0)
      return refused('MISSING_COLUMN', `There is no column '${missing.slice(0, 3).join("', '")}'.`);
    const labels = [...this.#labels.values()];
    if (this.#problems.length === 0 && labels.length === 0)
      return refused('NO_LABELS', 'Nothing in it is labelled.');
    return { labels, problems: this.#problems };
  }

  #preferredIn(given: string, wrong: (code: LabelProblemCode, message: string) => void): Preference | null {
    if (given === '') return null;
    const found = PREFERENCES.find((name) => name === given.toLowerCase());
    if (found === undefined)
      wrong('WRONG_PREFERENCE', `'preferred' is '${given.slice(0, 40)}', not A, B or same.`);
    return found ?? null;
  }

  #scoresIn(
    text: (column: string) => string,
    wrong: (code: LabelProblemCode, message: string) => void,
  ): Label['scores'] {
    return this.#asked.criteria.flatMap((name, index) => {
      const sides = (['A', 'B'] as const).map((side) => {
        const column = scoreColumn(name, side);
        const given = text(column);
        if (given === '') return null;
        const score = Number(given);
        if (score >= LEAST_SCORE && score <= GREATEST_SCORE) return score;
        wrong(
          'WRONG_SCORE',
          `'${column}' is '${given.slice(0, 40)}', not a number from ${LEAST_SCORE} to ${GREATEST_SCORE}.`,
        );
        return NaN;
      });
      const [a, b] = sides;
      if (a == null && b == null) return [];
      if (a == null || b == null) {
        wrong('HALF_A_SCORE', `'${name}' has a score of one answer only.`);
        return [];
      }
      return [{ criterion: index + 1, a, b }];
    });
  }
}

/** A cell as a text; '' where it has no value or one that is no plain one. */
function textOf(value: ExactJson | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
