/** What a version was trained on, found again in its folder or in the tables of its run. */
import { digest } from '../../activities/store/digest.ts';
import {
  isForOneTask,
  listVersions,
  readManifest,
  versionFiles,
  type Manifest,
  type RegistryRole,
} from '../../activities/store/model-registry.ts';
import { readRunRecord } from '../../activities/store/records/run-record.ts';
import { StoreError } from '../../activities/store/store-error.ts';
import type { Store } from '../../activities/store/store.ts';
import type { Row } from '../../activities/store/tables.ts';
import { restsOnSimulation } from '../../configs/settings/simulated.ts';
import type { Settings } from '../../configs/settings/types.ts';
import { parseJson } from '../../definitions/documents/json-text.ts';
import { isFields, type Fields } from '../../definitions/documents/fields.ts';

export interface TrainingSet {
  /** Version or run that it is named by. */
  readonly name: string;
  /** What was trained; undefined for the pairs of a run. */
  readonly manifest: Manifest | undefined;
  /** Whether the models whose answers and scores these are were simulated; undefined where the run's settings are not known. */
  readonly simulated: boolean | undefined;
  /** Rows in the conversational form of TRL's data sets, all with the same fields. */
  readonly train: readonly Fields[];
  /** Of other topics, never learned from; may be empty. */
  readonly validation: readonly Fields[];
}

const ROLES: readonly RegistryRole[] = ['prompt_optimization', 'main_model'];
const PAIR_TABLES = ['training_pairs', 'pairs'] as const;

/**
 * Of a version exactly what it was trained on, of a run all its pairs.
 * @throws StoreError `NO_TRAINING_SET` where there is neither, where nothing was trained on rows, or where the tables have others by now
 */
export async function readTrainingSet(store: Store, name: string): Promise<TrainingSet> {
  for (const role of ROLES)
    if ((await listVersions(store, role)).includes(name)) return readSetOfVersion(store, role, name);
  for (const table of PAIR_TABLES) {
    const pairs = await readPairs(store, table, name);
    if (pairs.length === 0) continue;
    const simulated = await readSimulated(store, name);
    return demandRows({ name, manifest: undefined, simulated, ...splitPairs(pairs) });
  }
  throw noSet(
    (await readRunRecord(store, name)) === undefined
      ? `There is no version and no run '${name}': \`prose models list\` and \`prose list\` show which there are.`
      : `The run '${name}' has made no pairs yet.`,
  );
}

async function readSetOfVersion(store: Store, role: RegistryRole, version: string): Promise<TrainingSet> {
  const manifest = await readManifest(store, role, version);
  if (isForOneTask(manifest))
    throw noSet(`'${version}' is the template of one task: a search has found it, no training.`);
  const { simulated } = manifest;
  const files = versionFiles(store, role, version);
  const linesOf = async (file: string): Promise<readonly Fields[] | undefined> => {
    const text = await files.read(file);
    return text?.split('\n').flatMap((line) => {
      const row = parseJson(line);
      return isFields(row) ? [row] : [];
    });
  };
  const rows = (await linesOf('rows.jsonl')) ?? (await linesOf('training.jsonl'));
  if (rows !== undefined) {
    const validation = (await linesOf('held-out.jsonl')) ?? [];
    return demandRows({ name: version, manifest, simulated, train: rows, validation });
  }
  return demandRows({
    name: version,
    manifest,
    simulated,
    ...splitPairs(await readPairsOf(store, manifest)),
  });
}

async function readSimulated(store: Store, run: string): Promise<boolean | undefined> {
  const digestOfSettings = (await readRunRecord(store, run))?.settingsDigest;
  return digestOfSettings === undefined
    ? undefined
    : restsOnSimulation((await store.getObject(digestOfSettings)) as Settings);
}

function demandRows(set: TrainingSet): TrainingSet {
  if (set.train.length > 0) return set;
  throw noSet(`'${set.name}' has no rows to learn from: every one of its pairs is held out.`);
}

/** The pairs that a version names by their digest: others would be passed off as what it has learned. */
async function readPairsOf(store: Store, { version, run, data }: Manifest): Promise<readonly Row[]> {
  for (const table of PAIR_TABLES) {
    if (data[table] === undefined) continue;
    // Mostly its own run's; a definition may have it learn from another's.
    const others = await store.query(`select distinct run from ${table} where run <> $run order by run`, {
      run,
    });
    for (const source of [run, ...others.map((row) => String(row['run']))])
      for (const shard of await store.listShards(table, source)) {
        const rows = await store.readShard(shard);
        if (digest(rows) === data[table]) return withTopics(store, source, rows);
      }
  }
  throw noSet(
    `What '${version}' was trained on is no longer there: no pairs of any run have the digest of its manifest.`,
  );
}

async function readPairs(
  store: Store,
  table: (typeof PAIR_TABLES)[number],
  run: string,
): Promise<readonly Row[]> {
  const shards = await store.listShards(table, run);
  const rows = await Promise.all(shards.map((shard) => store.readShard(shard)));
  return withTopics(store, run, rows.flat());
}

/** Pairs of one run have their topics in its base prompts. */
async function withTopics(store: Store, run: string, pairs: readonly Row[]): Promise<readonly Row[]> {
  const known = await store.query('select base_prompt_idx, topic from base_prompts where run = $run', {
    run,
  });
  const topicOf = new Map(known.map((row) => [row['base_prompt_idx'], row['topic']]));
  return pairs.map((pair) => ({
    ...pair,
    topic: pair['topic'] ?? topicOf.get(pair['base_prompt_idx'] ?? null) ?? null,
  }));
}

/** Pairs that are learned from, and those of other topics that are looked at only. */
function splitPairs(pairs: readonly Row[]): Pick<TrainingSet, 'train' | 'validation'> {
  const of = (split: string): readonly Fields[] =>
    pairs.filter((pair) => pair['split'] === split).map(toPreference);
  return { train: of('train'), validation: of('select') };
}

function toPreference(pair: Row): Fields {
  const said = (role: string, key: string): readonly Fields[] => [{ role, content: String(pair[key]) }];
  return {
    prompt: said('user', 'prompt'),
    chosen: said('assistant', 'chosen'),
    rejected: said('assistant', 'rejected'),
    topic: pair['topic'] ?? null,
    probability: pair['probability'] ?? null,
    weight: pair['weight'] ?? null,
  };
}

function noSet(message: string): StoreError {
  return new StoreError('NO_TRAINING_SET', message);
}
