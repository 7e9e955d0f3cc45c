import assert from 'node:assert/strict';
import { countCopiedPrompts } from '../../../../../activities/stages/8-test/metrics/copied-prompts.ts';
import { tables, type Row, type TableName } from '../../../../../activities/store/tables.ts';
import { withStore } from '../../../store/with-store.ts';

const base = 'How do I choose good potting soil?';
const other = 'Which paint lasts longest on a wooden fence that faces the sea?';
const answer = 'Pick a light mix that drains well and holds some water for the roots.';

describe('countCopiedPrompts', () => {
  it('finds what is copied from another base prompt or from an answer, by arms that claim something', () =>
    withStore(async (store) => {
      const write = (table: TableName, rows: readonly Row[]): ReturnType<typeof store.writeShard> => {
        const empty = Object.fromEntries(Object.keys(tables[table].columns).map((column) => [column, null]));
        return store.writeShard(
          { table, run: 'run', shard: table },
          'test',
          rows.map((row) => ({ ...empty, ...row })),
        );
      };
      await write('base_prompts', [
        { base_prompt_idx: 0, base_prompt: base },
        { base_prompt_idx: 1, base_prompt: other },
      ]);
      await write('test_outputs', [
        { base_prompt_idx: 0, prompt_variation_idx: -1, sample_idx: 0, model_output: answer },
        { base_prompt_idx: 1, prompt_variation_idx: 0, sample_idx: 0, model_output: 'Not untouched.' },
      ]);
      const prompt = (
        base_prompt_idx: number,
        arm: string,
        prompt_variation_idx: number,
        text: string,
      ): Row => ({
        base_prompt_idx,
        prompt_variation_idx,
        arm,
        prompt_variation: text,
      });
      await write('test_prompts', [
        prompt(0, 'baseline', -1, base),
        prompt(0, 'rewriter', 0, `${base} Is it: ${answer}`),
        prompt(0, 'ranker', 1, `${base} Give the reasons step by step, please, for a beginner like me.`),
        prompt(0, 'untrained', 2, `${base} ${answer}`),
        prompt(1, 'baseline', -1, other),
        prompt(1, 'rewriter', 0, `${other} Pick a light mix that drains well and holds some water, too.`),
        prompt(1, 'ranker', 1, `Which paint? And: ${base.toLowerCase()} Or so.`),
      ]);
      // Copied: an answer to its own prompt. Not copied: its own prompt, the answer to another one, seven words of another prompt.
      assert.deepEqual(await countCopiedPrompts({ store, run: { runId: 'run' } as never }), {
        copied: 1,
        prompts: 4,
      });
    }));
});
