/** Keeps labels in the table `people_labels`: what a person said last of a pair counts, and saying it again changes nothing. */
import { groupBy } from '../statistics/group-by.ts';
import { digest } from '../store/digest.ts';
import type { Store } from '../store/store.ts';
import type { RowOf } from '../store/tables.ts';
import { LABEL_FORMS } from './label-columns.ts';
import type { Asked, Label } from './read-labels.ts';

type LabelRow = RowOf<'people_labels'>;

/** What has become of one person's labels. */
export interface KeptLabels {
  readonly labeler: string;
  /** Pairs that this person has labelled so far, in part or whole. */
  readonly pairs: number;
  /** Those that are labelled wholly. */
  readonly whole: number;
  /** Pairs of the file that had no label before, another one, and the same one. */
  readonly added: number;
  readonly changed: number;
  readonly same: number;
}

/** What people were asked in a run; undefined where nobody was. */
export async function readAsked(store: Store, runId: string): Promise<Asked | undefined> {
  const rows = await store.query(
    'select pair, form, criteria from people_pairs where run = $run order by pair',
    { run: runId },
  );
  const [first] = rows;
  const form = LABEL_FORMS.find((name) => name === first?.['form']);
  if (first === undefined || form === undefined) return undefined;
  const criteria = JSON.parse(String(first['criteria'])) as string[];
  return { form, criteria, pairs: new Set(rows.map((row) => String(row['pair']))) };
}

/**
 * Compares the labels with what is kept, and keeps them with it.
 *
 * @param isDry nothing is written.
 */
export async function keepLabels(
  store: Store,
  runId: string,
  asked: Asked,
  labels: readonly Label[],
  isDry = false,
): Promise<KeptLabels[]> {
  const kept: KeptLabels[] = [];
  for (const labeler of new Set(labels.map((label) => label.labeler))) {
    const name = {
      table: 'people_labels' as const,
      run: runId,
      shard: `by-${digest(labeler).slice(0, 16)}`,
    };
    const shards = await store.listShards('people_labels', runId);
    const own = shards.find(({ shard }) => shard === name.shard);
    const before = own === undefined ? [] : await store.readRows('people_labels', own);
    const given = labels.filter((label) => label.labeler === labeler);
    const rows = [
      ...before.filter(({ pair }) => !given.some((label) => label.pair === pair)),
      ...given.flatMap(rowsOf),
    ];
    const fates = given.map((label) => fateOf(label, before));
    const count = (fate: string): number => fates.filter((one) => one === fate).length;
    if (!isDry && count('same') < given.length) await store.writeShard(name, 'test', sorted(rows));
    const pairs = groupBy(rows, ({ pair }) => pair);
    const needed = asked.form === 'pairwise' ? 1 : asked.criteria.length;
    kept.push({
      labeler,
      pairs: pairs.size,
      whole: [...pairs.values()].filter((ofPair) => ofPair.length === needed).length,
      added: count('added'),
      changed: count('changed'),
      same: count('same'),
    });
  }
  return kept;
}

function rowsOf({ pair, labeler, preferred, scores }: Label): LabelRow[] {
  if (preferred !== null) return [{ pair, labeler, criterion: 0, a: null, b: null, preferred }];
  return scores.map(({ criterion, a, b }) => ({ pair, labeler, criterion, a, b, preferred: null }));
}

function fateOf(label: Label, before: readonly LabelRow[]): 'added' | 'changed' | 'same' {
  const old = before.filter(({ pair }) => pair === label.pair);
  if (old.length === 0) return 'added';
  const textOf = (rows: readonly LabelRow[]): string =>
    JSON.stringify(sorted(rows).map(({ criterion, a, b, preferred }) => [criterion, a, b, preferred]));
  return textOf(old) === textOf(rowsOf(label)) ? 'same' : 'changed';
}

function sorted(rows: readonly LabelRow[]): LabelRow[] {
  return rows.toSorted(
    (one, other) =>
      (one.pair < other.pair ? -1 : one.pair > other.pair ? 1 : 0) || one.criterion - other.criterion,
  );
}
