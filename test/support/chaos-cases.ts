/** What must hold of a run that was killed and stopped at random, whatever its length. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Value } from '../../definitions/model/types.ts';
import type { FaultKind } from '../../deploy/model-server/faults.ts';
import { chaosRunId, runThroughChaos, wronglyRepeated, type ChaosResult } from './chaos.ts';
import type { Pipeline } from './pipeline.ts';

export interface ChaosCase {
  readonly seed: number;
  /** Disturbances in all. */
  readonly count: number;
  /** Share of requests that the model server fails. */
  readonly faultRate: number;
  readonly params: { readonly [name: string]: Value };
  /** As of `ChaosOptions`. */
  readonly workerEnv?: { readonly [name: string]: string };
  readonly diskMegabytes?: number;
}

const tables = [
  'base_prompts',
  'prompt_variations',
  'model_outputs',
  'validator_scores',
  'pairs',
  'test_prompts',
  'test_outputs',
  'test_scores',
];
/** All that end a call without an answer; the others are the subject of tests of their own. */
const faultKinds: readonly FaultKind[] = ['error500', 'error503', 'cutConnection', 'malformedBody'];

/** What a run has survived. */
interface Survived {
  /** Fewer than asked for where the run was over before. */
  readonly disturbances: number;
  /** Calls that models answered, all together. */
  readonly calls: number;
  /** Calls that models answered once more, each of them in flight at a disturbance. */
  readonly repeated: number;
}

/** Runs the case, then the same undisturbed, and compares them. The seed and what was done are printed if it fails. */
export async function assertSurvivesChaos({
  seed,
  count,
  faultRate,
  params,
  ...rest
}: ChaosCase): Promise<Survived> {
  // A real answering time, so that disturbances meet calls in flight and work still to come.
  const models = { slots: 8, tokensPerSecond: 2_000, faultRate, faultKinds, faultSeed: seed };
  const results: ChaosResult[] = [];
  try {
    const disturbed = await runThroughChaos({ seed, count, everyMs: 2_500, params, models, ...rest });
    results.push(disturbed);
    const what = `seed ${seed}; ${disturbed.disturbances.map(({ kind }) => kind).join(', ')}`;
    assert.ok(disturbed.disturbances.length > 0, `the run was over before anything was done to it; ${what}`);
    const { repeated, unexplained } = wronglyRepeated(disturbed);
    assert.deepEqual(unexplained, [], `${unexplained.length} of ${repeated} repeated for nothing; ${what}`);
    assertNothingLeft(disturbed.pipeline.root, what);
    const undisturbed = await runThroughChaos({
      seed,
      count: 0,
      everyMs: 0,
      params,
      models: { ...models, faultRate: 0 },
    });
    results.push(undisturbed);
    for (const table of tables)
      assert.deepEqual(
        await read(disturbed.pipeline, table),
        await read(undisturbed.pipeline, table),
        `${table}; ${what}`,
      );
    return { disturbances: disturbed.disturbances.length, calls: disturbed.calls.length, repeated };
  } finally {
    await Promise.all(results.map((result) => result.close()));
  }
}

async function read({ store }: Pipeline, table: string): Promise<unknown> {
  const columns = table.endsWith('outputs') ? '* exclude (seconds)' : '*';
  return store.query(`select ${columns} from ${table} where run = $run order by all`, { run: chaosRunId });
}

/** No temporary file, no room that was held, no run but this one. */
function assertNothingLeft(root: string, what: string): void {
  const names = readdirSync(join(root, 'data'), { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    names.filter((name) => /\.(tmp|room|lock)$/.test(name)),
    [],
    what,
  );
  const runs = new Set(names.map((name) => /run=[^/\\]+/.exec(name)?.[0]).filter((run) => run !== undefined));
  assert.deepEqual([...runs], [`run=${chaosRunId}`], what);
}
