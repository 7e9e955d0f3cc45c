import assert from 'node:assert/strict';
import type { ChatCall } from '../../../../activities/inference/model-client.ts';
import { learningValidators, readTrust } from '../../../../activities/scoring/validator-trust.ts';
import { runChecks } from '../../../../activities/stages/4-validators/run-checks.ts';
import { runValidator } from '../../../../activities/stages/4-validators/validators.ts';
import type { ShardReference } from '../../../../activities/store/tables.ts';
import type { CheckConfig } from '../../../../configs/settings/checks.ts';
import { hasCode, withContext, type GeneralContext } from '../../general/general-context.ts';
import { rowOf } from '../../store/rows.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const variation = { base_prompt_idx: 0, prompt_variation_idx: 0 };
const sheet = JSON.stringify({
  criteria_1: 4,
  criteria_2: 4,
  criteria_3: 4,
  criteria_4: 4,
  criteria_5: 4,
  reason: 'fine',
});

/** The context with these checks beside the three validators, whose model's calls are kept. */
function withChecks(
  context: GeneralContext,
  checks: readonly CheckConfig[],
  calls: ChatCall[] = [],
): GeneralContext {
  const counts = { promptTokens: 1, completionTokens: 1, thinkingTokens: 0, seconds: 0, requests: 1 };
  const nothing = { thinking: null, logprobs: null, tokensAreEstimated: false };
  return {
    ...context,
    settings: { ...context.settings, validatorModel: { ...context.settings.validatorModel, checks } },
    models: {
      adapters: noAdapters,
      close: async () => {},
      chat: async (call) => {
        calls.push(call);
        return { text: sheet, finishReason: 'stop', model: 'm', endpoint: 'e', ...counts, ...nothing };
      },
    },
  };
}

/** A shard of answers to one prompt whose expected answer is `yes`. */
async function writeAnswers(
  { store, run }: GeneralContext,
  outputs: readonly (string | null)[],
  table: 'model_outputs' | 'test_outputs' = 'model_outputs',
): Promise<ShardReference> {
  const name = { run: run.runId, shard: 's' };
  await store.writeShard({ table: 'base_prompts', ...name }, 'train', [
    rowOf('base_prompts', {
      base_prompt_idx: 0,
      base_prompt: 'Is it?',
      split: 'train',
      fields: '{"expected":"yes"}',
    }),
  ]);
  await store.writeShard({ table: 'prompt_variations', ...name }, 'train', [
    rowOf('prompt_variations', { ...variation, prompt_variation: 'Is it, in one word?' }),
  ]);
  const rows = outputs.map((model_output, sample_idx) =>
    rowOf(table, { ...variation, model_output, sample_idx }),
  );
  return store.writeShard({ table, ...name }, 'train', rows);
}

const scores = (context: GeneralContext, table = 'validator_scores'): Promise<unknown> =>
  context.store
    .query(
      `select validator, sample_idx as n, criteria_1 as score, scored_by as "by", coalesce(error, reason) as said, model
      from ${table} order by validator, n`,
    )
    .then((rows) => rows.map((row) => Object.values(row).slice(0, 6)));

const label: CheckConfig = { name: 'label', use: 'criterion', exact: {} };

describe('runChecks', () => {
  it('scores each answer as a judge after the validators, with reasons, and says of a missing answer that it is missing', () =>
    withContext(async (plain) => {
      const context = withChecks(plain, [
        label,
        { name: 'sent', use: 'criterion', cel: 'sent != prompt ? 0.5 : 0' },
      ]);
      const shard = await writeAnswers(context, ['yes', 'no', null]);
      const made = await runChecks.run({ shard }, context);
      assert.equal(made.rowCount, 6);
      assert.deepEqual(await scores(context), [
        [4, 0, 5, 'program', null, 'check:label'],
        [4, 1, 1, 'program', "it is 'no', not 'yes'", 'check:label'],
        [4, 2, null, null, 'NO_ANSWER', 'check:label'],
        [5, 0, 3, 'program', null, 'check:sent'],
        [5, 1, 3, 'program', null, 'check:sent'],
        [5, 2, null, null, 'NO_ANSWER', 'check:sent'],
      ]);
      const results = await context.store.query(
        'select name, score, gated from check_results where error is null order by all',
      );
      assert.deepEqual(results[0], { name: 'label', score: 0, gated: false });
    }));

  it('gives a model that came to no whole answer the least score, as it has failed, and none where the call did', () =>
    withContext(async (plain) => {
      const context = withChecks(plain, [
        { name: 'short', use: 'gate', cel: 'size(output) < 5' },
        label,
        { name: 'judge', use: 'referee', contains: {} },
      ]);
      const errors = ['CUT_OFF', 'EMPTY', 'PROMPT_TOO_LONG', 'NO_PROMPT'];
      const rows = errors.map((error, sample_idx) =>
        rowOf('test_outputs', { ...variation, sample_idx, error }),
      );
      await writeAnswers(context, []);
      const name = { table: 'test_outputs', run: context.run.runId, shard: 'broken' } as const;
      await runChecks.run({ shard: await context.store.writeShard(name, 'test', rows) }, context);
      const missing = ['short', 'label', 'judge'].flatMap((_name, index) => [
        [index + 4, 0, 1, 'CUT_OFF'],
        [index + 4, 1, 1, 'EMPTY'],
        [index + 4, 2, null, 'NO_ANSWER'],
        [index + 4, 3, null, 'NO_ANSWER'],
      ]);
      const found = (await scores(context, 'test_scores')) as [number, number, number, string, string][];
      assert.deepEqual(
        found.map(([validator, sample, score, , said]) => [validator, sample, score, said.split(' ').at(-1)]),
        missing,
      );
    }));

  it('lets nothing be asked of what does not pass a gate, and gives it the least score of all', () =>
    withContext(async (plain) => {
      const calls: ChatCall[] = [];
      const gates: readonly CheckConfig[] = [
        { name: 'short', use: 'gate', cel: 'size(output) < 5' },
        { name: 'no-digits', use: 'gate', regex: '^[^0-9]*$' },
      ];
      const context = withChecks(plain, [...gates, label], calls);
      const shard = await writeAnswers(context, ['yes', 'much too long', 'no 1']);
      await assert.rejects(runValidator.run({ shard, validator: 1 }, context), hasCode('CHECKS_NOT_RUN'));
      await runChecks.run({ shard }, context);
      await runValidator.run({ shard, validator: 1 }, context);
      const judged = await context.store.query(
        'select validator, sample_idx as n, criteria_1 as score, reason from validator_scores where validator in (1, 6) order by all',
      );
      assert.deepEqual(
        judged.map(({ score }) => score),
        [4, 1, 1, 5, 1, 1],
      );
      assert.match(String(judged[1]?.['reason']), /^gate:short: /);
      assert.match(String(judged[2]?.['reason']), /^gate:no-digits: /);
      const asked = calls.map(({ messages }) => messages.at(-1)?.content ?? '');
      assert.ok(
        asked.length > 0 && asked.every((text) => !text.includes('much too long') && !text.includes('no 1')),
      );
      // Sentinels are made of answers that a validator has really scored.
      const sentinels = await context.store.query('select distinct sample_idx as n from sentinels');
      assert.deepEqual(sentinels, [{ n: 0 }]);
      assert.deepEqual((await readTrust(context)).validators, [1, 6]);
    }));

  it('runs referees in the test alone, so that learning never hears them', () =>
    withContext(async (plain) => {
      const context = withChecks(plain, [label, { name: 'judge', use: 'referee', contains: {} }]);
      await runChecks.run({ shard: await writeAnswers(context, ['yes']) }, context);
      assert.deepEqual(await learningValidators(context), [4]);
      await runChecks.run({ shard: await writeAnswers(context, ['yes'], 'test_outputs') }, context);
      const tested = await context.store.query('select validator from test_scores order by all');
      assert.deepEqual(tested, [{ validator: 4 }, { validator: 5 }]);
      assert.deepEqual(await learningValidators(context), [4]);
    }));

  it('asks a program nothing again that it has said in an earlier attempt', () =>
    withContext(async (plain, root) => {
      const source = `require('fs').appendFileSync('asked', '.'); for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\\n'))
        console.log(JSON.stringify({ key: JSON.parse(line).key, score: 1 }))`;
      const program = (use: CheckConfig['use'], name: string, text: string): CheckConfig => ({
        name,
        use,
        command: { command: [process.execPath, '-e', text], env: [] },
      });
      const broken: CheckConfig = { name: 'query', use: 'criterion', sql: 'nonsense' };
      const context = withChecks(plain, [program('criterion', 'program', source), broken]);
      const shard = await writeAnswers(
        context,
        Array.from({ length: 150 }, () => 'yes'),
      );
      await assert.rejects(runChecks.run({ shard }, context), hasCode('CHECK_FAILED'));
      const { readFileSync } = await import('node:fs');
      const before = readFileSync(`${root}/asked`, 'utf8').length;
      await assert.rejects(runChecks.run({ shard }, context), hasCode('CHECK_FAILED'));
      assert.ok(before >= 1 && readFileSync(`${root}/asked`, 'utf8').length <= 2);
    }));

  for (const count of [1, 2, 12])
    it(`goes with the validators by a rubric of ${count} criteria`, () =>
      withContext(async (plain) => {
        const rubric = Array.from(
          { length: count },
          (_, index) => `criteria_${index + 1}: C${index + 1}\n1 = a\n2 = b\n3 = c\n4 = d\n5 = e`,
        ).join('\n');
        const calls: ChatCall[] = [];
        const checked = withChecks(plain, [label], calls);
        const texts = { ...checked.settings.texts, rubric };
        const context = { ...checked, settings: { ...checked.settings, texts } };
        const whole = Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`criteria_${index + 1}`, 3]),
        );
        const models = {
          ...context.models,
          chat: async (call: ChatCall) => ({
            ...(await context.models.chat(call)),
            text: JSON.stringify({ ...whole, reason: 'so' }),
          }),
        };
        const shard = await writeAnswers(context, ['yes', 'no']);
        await runChecks.run({ shard }, context);
        await runValidator.run({ shard, validator: 1 }, { ...context, models });
        const rows = await context.store.query(
          'select validator, score, criteria_count as n from score_sheets order by all',
        );
        assert.deepEqual(
          rows.map(({ validator, score, n }) => [validator, score, n]),
          [
            [1, 3, count],
            [1, 3, count],
            [4, 1, count],
            [4, 5, count],
          ],
        );
        const planted = await context.store.query(
          "select planted, passed from sentinel_results where kind <> 'twin'",
        );
        assert.ok(planted.length > 0 && planted.every((row) => row['planted'] === 3));
        const [missing] = await context.store.query('select sum(missing)::integer as n from validators');
        assert.deepEqual(missing, { n: 0 });
      }));
});
