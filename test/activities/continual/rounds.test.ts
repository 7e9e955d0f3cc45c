import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gatherPairs, type GatherPairsOutput } from '../../../activities/continual/gather-pairs.ts';
import type { JudgeOutput } from '../../../activities/continual/judge-challenger.ts';
import { planRound } from '../../../activities/continual/plan-round.ts';
import { recordRound, type RecordRoundInput } from '../../../activities/continual/record-round.ts';
import { lineageOf, readRounds } from '../../../activities/continual/rounds.ts';
import { rowOf } from '../store/rows.ts';
import { withContext, type GeneralContext } from '../general/general-context.ts';

const gathered: GatherPairsOutput = {
  shard: { table: 'training_pairs', run: 'run/1', shard: 'replayed', rowCount: 40, split: 'all' },
  trains: true,
  decision: '',
  reason: '',
  freshPairs: 40,
  requiredPairs: 30,
  champion: 'ranker-1',
  standing: '',
};
const judged: JudgeOutput = {
  promote: true,
  outcome: 'proven',
  p: 0.001,
  reason: 'It is better.',
  gain: { mean: 0.3, low: 0.1, high: 0.5 },
  challengerLevel: { mean: 0.9, low: 0.7, high: 1.1 },
  championLevel: { mean: 0.6, low: 0.4, high: 0.8 },
  prompts: 30,
  topics: 6,
};
const promoted = { version: 'ranker-2', previous: 'ranker-1', promoted: true, reason: '' };

/** A round that tested `ranker-2` against `ranker-1`, but for what is given. */
const round = (changes: Partial<RecordRoundInput> = {}): RecordRoundInput => ({
  round: 0,
  newPairs: 40,
  gathered,
  trained: { version: 'ranker-2', trainPairs: 33 },
  registration: null,
  judged,
  promotion: null,
  ...changes,
});

const asRun = (context: GeneralContext, runId: string): GeneralContext => ({
  ...context,
  run: { ...context.run, runId },
});

describe('a round of continual learning', () => {
  it('has the number after the last, from 0, and a seed of its own', () =>
    withContext(async (context) => {
      const seeds: number[] = [];
      for (const number of [0, 1, 2]) {
        const run = asRun(context, `run/${number}`);
        const plan = await planRound.run({}, run);
        assert.equal(plan.round, number);
        assert.equal((await planRound.run({}, run)).seed, plan.seed);
        seeds.push(plan.seed);
        await recordRound.run(round({ round: number }), run);
      }
      assert.equal(new Set(seeds).size, 3);
    }));

  it('is recorded with the level of who is champion after it', () =>
    withContext(async (context) => {
      const kept = await recordRound.run(round(), asRun(context, 'run/0'));
      assert.deepEqual([kept.decision, kept.champion], ['kept', 'ranker-1']);
      const won = await recordRound.run(round({ round: 1, promotion: promoted }), asRun(context, 'run/1'));
      assert.deepEqual([won.decision, won.champion], ['promoted', 'ranker-2']);
      const rounds = await readRounds(context.store, lineageOf(context.settings));
      assert.deepEqual(
        rounds.map(({ level, gain, championAfter }) => [level, gain, championAfter]),
        [
          [judged.championLevel, judged.gain, 'ranker-1'],
          [judged.challengerLevel, judged.gain, 'ranker-2'],
        ],
      );
    }));

  it('keeps the champion where the promotion was refused, and says why', () =>
    withContext(async (context) => {
      const refused = { ...promoted, version: 'ranker-1', promoted: false, reason: 'another came first.' };
      const ended = await recordRound.run(round({ promotion: refused }), context);
      assert.deepEqual([ended.decision, ended.champion], ['kept', 'ranker-1']);
      assert.equal(ended.reason, 'It is better. But another came first.');
    }));

  it('has no gain and no level where nothing was trained', () =>
    withContext(async (context) => {
      const skipped = { ...gathered, trains: false, decision: 'skipped' as const, reason: 'Too few.' };
      const input = round({ gathered: skipped, trained: null, judged: null });
      assert.equal((await recordRound.run(input, context)).decision, 'skipped');
      const [row] = await readRounds(context.store, lineageOf(context.settings));
      assert.ok(row);
      const { gain, level, pairsUsed, challenger, gatePrompts } = row;
      assert.deepEqual(
        { gain, level, pairsUsed, challenger, gatePrompts },
        { gain: null, level: null, pairsUsed: 0, challenger: '', gatePrompts: 0 },
      );
    }));

  it('counts the calls that its run paid for, and leaves a report with the figures of all rounds', () =>
    withContext(async (context, root) => {
      const run = asRun(context, 'run/0');
      const calls = [false, null, true].map((cached, index) =>
        rowOf('model_calls', { stage: index === 1 ? 'b' : 'a', call_key: String(index), cached }),
      );
      await context.store.writeShard({ table: 'model_calls', run: 'run/0', shard: 's' }, 'all', calls);
      await recordRound.run(round(), run);
      const { report } = await recordRound.run(round({ round: 1 }), asRun(context, 'run/1'));
      const [first, second] = await readRounds(context.store, lineageOf(context.settings));
      assert.deepEqual([first?.calls, second?.calls], [2, 0]);
      assert.ok((await stat(join(root, report))).size > 0);
      const metrics = JSON.parse(await readFile(join(root, dirname(report), 'metrics.json'), 'utf8')) as {
        readonly rounds: readonly { readonly round: number; readonly gatePrompts: number }[];
      };
      assert.deepEqual(
        metrics.rounds.map(({ round: number, gatePrompts }) => [number, gatePrompts]),
        [
          [0, 30],
          [1, 30],
        ],
      );
    }));

  it('has no level without a champion', () =>
    withContext(async (context) => {
      await recordRound.run(round({ gathered: { ...gathered, champion: '' } }), context);
      const [row] = await readRounds(context.store, lineageOf(context.settings));
      assert.deepEqual([row?.level, row?.gain], [null, judged.gain]);
    }));
});

describe('gatherPairs', () => {
  /** Base prompts of a run, with a pair of each. */
  async function write(context: GeneralContext, run: string, count: number): Promise<void> {
    const indices = Array.from({ length: count }, (_, index) => index);
    await context.store.writeShard(
      { table: 'base_prompts', run, shard: 's' },
      'all',
      indices.map((index) => ({
        base_prompt_idx: index,
        topic: `topic ${index}`,
        split: index === 0 ? 'select' : 'train',
        base_prompt: `${run} ${index}`,
        source: null,
        fields: null,
        model: null,
        seed: null,
      })),
    );
    await context.store.writeShard(
      { table: 'pairs', run, shard: 's' },
      'all',
      indices.map((index) => ({
        base_prompt_idx: index,
        pair_idx: 0,
        split: index === 0 ? 'select' : 'train',
        prompt: `${run} ${index}`,
        chosen: 'better',
        rejected: 'worse',
        chosen_variation_idx: 1,
        rejected_variation_idx: 0,
        chosen_approach: null,
        rejected_approach: null,
        margin: 1,
        probability: 0.9,
        weight: 1,
      })),
    );
  }
  const rule = { maxPairs: 100, minimumPairs: 3, coolDownAfter: 3 };

  it('gives the pairs of this round with those of the earlier ones of its lineage', () =>
    withContext(async (context) => {
      await write(context, 'run/0', 4);
      await write(context, 'run/1', 3);
      await write(context, 'stranger', 5);
      await recordRound.run(round(), asRun(context, 'run/0'));
      const found = await gatherPairs.run({ newPairs: 3, ...rule }, asRun(context, 'run/1'));
      assert.deepEqual([found.trains, found.decision, found.freshPairs], [true, '', 3]);
      const rows = await context.store.query(
        "select source_run, count(*)::integer as pairs, any_value(topic) as topic from training_pairs where run = 'run/1' group by all order by all",
      );
      assert.deepEqual(
        rows.map((row) => [row['source_run'], row['pairs']]),
        [
          ['run/0', 4],
          ['run/1', 3],
        ],
      );
      assert.match(String(rows[0]?.['topic']), /^topic/);
    }));

  it('replays the newest of the earlier pairs as they are, and of older ones a sample', () =>
    withContext(async (context) => {
      await write(context, 'now', 1);
      for (const [number, run] of ['old', 'newest', 'middle'].entries()) {
        await write(context, run, 5);
        await recordRound.run(round({ round: [0, 2, 1][number] ?? 0 }), asRun(context, run));
      }
      const found = await gatherPairs.run({ newPairs: 3, ...rule, maxPairs: 16 }, asRun(context, 'now'));
      const few = await gatherPairs.run({ newPairs: 3, ...rule, maxPairs: 8 }, asRun(context, 'now'));
      const whole = async ({ shard }: GatherPairsOutput): Promise<readonly string[]> => {
        assert.match(shard.shard, /^replayed-[0-9a-f]{16}$/);
        const rows = await context.store.readRows('training_pairs', shard);
        const asTheyWere = rows.filter(({ split, weight }) => split === 'train' && weight === 1);
        return asTheyWere.map((row) => row.source_run);
      };
      // Of 12 earlier pairs to train on there is room for all, and then for 8: the 4 newest, and 4 of the other 8.
      assert.deepEqual(
        (await whole(found)).toSorted(),
        ['middle', 'newest', 'old'].flatMap((run) => Array<string>(4).fill(run)),
      );
      assert.deepEqual(await whole(few), Array<string>(4).fill('newest'));
    }));

  it('says that a round with too few pairs does not train', () =>
    withContext(async (context) => {
      await write(context, 'run/1', 2);
      const found = await gatherPairs.run({ newPairs: 2, ...rule }, context);
      assert.deepEqual([found.trains, found.decision, found.requiredPairs], [false, 'skipped', 3]);
      assert.equal(found.champion, '');
    }));
});
