import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate, type GenerateInput } from '../../../../activities/general/generate/generate.ts';
import { sql } from '../../../../activities/general/sql.ts';
import { ModelError } from '../../../../activities/inference/model-error.ts';
import type { ChatCall, ModelClient } from '../../../../activities/inference/model-client.ts';
import { hasCode, withContext, type GeneralContext } from '../general-context.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const TEXT = '=== system ===\nBe brief.\n=== user ===\nName the colour of {{ thing }} ({{id}}).\n';

interface Played extends ModelClient {
  readonly calls: ChatCall[];
}

/** A model that answers by a function of the user's message and of how often it was asked. */
function play(answer: (message: string, call: number) => string | Error): Played {
  const calls: ChatCall[] = [];
  return {
    calls,
    async chat(call) {
      calls.push(call);
      const given = answer(call.messages.at(-1)?.content ?? '', calls.length);
      if (given instanceof Error) throw given;
      const counts = { promptTokens: 1, completionTokens: 1, seconds: 0, requests: 1 };
      return {
        text: given,
        finishReason: 'stop',
        thinking: null,
        thinkingTokens: 0,
        tokensAreEstimated: false,
        logprobs: null,
        model: 'played',
        endpoint: 'embedded',
        ...counts,
      };
    },
    adapters: noAdapters,
    close: async () => {},
  };
}

const base: GenerateInput = {
  from: 'things',
  key: ['id'],
  text: 'texts/colour.txt',
  role: 'main_model',
  into: 'colours',
};
const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['colour', 'share', 'others'],
  properties: {
    colour: { type: 'string' },
    share: { type: 'number', maximum: 1 },
    others: { type: 'array', items: { type: 'string' } },
  },
};

async function withThings(
  models: Played,
  work: (context: GeneralContext, root: string) => Promise<void>,
): Promise<void> {
  await withContext(
    async (context, root) => {
      await mkdir(join(root, 'texts'));
      await writeFile(join(root, 'texts', 'colour.txt'), TEXT);
      const query = "select * from (values (1, 'sky'), (2, 'grass'), (3, null)) t(id, thing)";
      await sql.run({ query, into: 'things' }, context);
      await work(context, root);
    },
    { models },
  );
}

async function rowsOf(context: GeneralContext, query: string): Promise<readonly object[]> {
  return (await sql.run({ query }, context)).rows;
}

describe('generate', () => {
  it('asks about every row with its text filled, and writes the answers with their key', () => {
    const models = play((message) => (message.includes('sky') ? 'blue' : 'green'));
    return withThings(models, async (context) => {
      const output = await generate.run(base, context);
      assert.deepEqual([output.table, output.rowCount, output.errorCount], ['colours', 3, 1]);
      assert.deepEqual(output.columns.slice(0, 3), [
        { name: 'id', type: 'INTEGER' },
        { name: 'sample_idx', type: 'INTEGER' },
        { name: 'answer', type: 'VARCHAR' },
      ]);
      assert.deepEqual(await rowsOf(context, 'select id, answer, error, run from colours order by id'), [
        { id: 1, answer: 'blue', error: null, run: 'run/1' },
        { id: 2, answer: 'green', error: null, run: 'run/1' },
        { id: 3, answer: null, error: 'MISSING_VALUE', run: 'run/1' },
      ]);
      assert.deepEqual(models.calls[0]?.messages, [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Name the colour of sky (1).' },
      ]);
      assert.deepEqual(context.told.at(-1), { done: 3, total: 3, unit: 'answers' });
    });
  });

  it('makes columns of an answer with a schema, and asks again where it has not that form', () => {
    const models = play((message, call) => {
      if (message.includes('grass')) return '{"colour": "green", "share": 7, "others": []}';
      return call === 1 ? 'blue, of course' : '{"colour": "it\'s blue", "share": 0.5, "others": ["grey"]}';
    });
    return withThings(models, async (context) => {
      await generate.run({ ...base, schema, from: 'from things where run = $run and id < 3;' }, context);
      assert.deepEqual(
        await rowsOf(context, 'select id, colour, share, others, error from colours order by id'),
        [
          { id: 1, colour: "it's blue", share: 0.5, others: '["grey"]', error: null },
          { id: 2, colour: null, share: null, others: null, error: 'WRONG_FORM' },
        ],
      );
      assert.equal(models.calls.length, 4);
      assert.equal(new Set(models.calls.map(({ seed }) => seed)).size, 4);
      const spent = await context.store.query(
        "select count(*)::integer as n from model_calls where stage = 'generate colours'",
      );
      assert.deepEqual(spent, [{ n: 4 }]);
    });
  });

  it('gives each row as many answers as are wanted, each with a seed of its own', () => {
    const models = play(() => 'a');
    return withThings(models, async (context) => {
      const output = await generate.run({ ...base, samples: 3, from: 'from things where id = 1' }, context);
      assert.equal(output.rowCount, 3);
      assert.equal(new Set(models.calls.map(({ seed }) => seed)).size, 3);
    });
  });

  it('makes rows of what a model refuses', () => {
    const refused = new ModelError('PROMPT_TOO_LONG', 'embedded', 'too long');
    return withThings(
      play((message, call) => (call === 1 ? refused : message)),
      async (context) => {
        assert.equal((await generate.run(base, context)).errorCount, 2);
        const rows = await rowsOf(context, 'select error, error_message from colours where id < 3');
        assert.deepEqual(rows, [
          { error: 'PROMPT_TOO_LONG', error_message: 'too long' },
          { error: null, error_message: null },
        ]);
      },
    );
  });

  it('fails with the reason where every row is refused for the same one, and asks again at the next attempt', () => {
    const refused = new ModelError('BAD_REQUEST', 'embedded', 'no such parameter');
    let isMended = false;
    const models = play((message) => (isMended ? message : refused));
    return withThings(models, async (context) => {
      await assert.rejects(generate.run(base, context), hasCode('BAD_REQUEST'));
      isMended = true;
      assert.equal((await generate.run(base, context)).errorCount, 1);
    });
  });

  it('asks nothing twice when an attempt follows one that failed half-way', () => {
    const away = new ModelError('CONNECTION_FAILED', 'embedded', 'away');
    const models = play((message, call) => (call === 2 ? away : message));
    const config = { shardSize: 1, from: 'from things where id < 3' };
    return withThings(models, async (context) => {
      await assert.rejects(generate.run({ ...base, ...config }, context), hasCode('CONNECTION_FAILED'));
      const first = await generate.run({ ...base, ...config }, context);
      assert.deepEqual(await generate.run({ ...base, ...config }, context), first);
      assert.equal(models.calls.length, 3);
      assert.equal(first.rowCount, 2);
    });
  });

  it('makes an empty table of no rows', () => {
    const models = play(() => 'a');
    return withThings(models, async (context) => {
      const output = await generate.run({ ...base, from: 'from things where false' }, context);
      assert.deepEqual([output.rowCount, output.errorCount], [0, 0]);
    });
  });

  it('finds columns whatever their case', () => {
    const models = play(() => 'a');
    return withThings(models, async (context, root) => {
      await writeFile(join(root, 'texts', 'loud.txt'), '=== user ===\nWhat of {{THING}}?\n');
      const output = await generate.run({ ...base, key: ['ID'], text: 'texts/loud.txt' }, context);
      assert.deepEqual([output.rowCount, output.errorCount], [3, 1]);
      const { rows } = await sql.run({ query: 'select id, answer from colours order by id' }, context);
      assert.deepEqual(
        rows.map((row) => row['answer']),
        ['a', 'a', null],
      );
    });
  });

  it('refuses what does not fit together before a model is asked', () => {
    const models = play(() => 'a');
    return withThings(models, async (context, root) => {
      await writeFile(join(root, 'texts', 'odd.txt'), '=== user ===\n{{shape}}\n');
      await writeFile(join(root, 'texts', 'nobody.txt'), '=== system ===\nHello\n');
      const cases: readonly [Partial<GenerateInput>, string][] = [
        [{ text: 'texts/odd.txt' }, 'UNKNOWN_COLUMN'],
        [{ text: 'texts/nobody.txt' }, 'BAD_TEXT'],
        [{ text: '../none.txt' }, 'BAD_TEXT'],
        [{ key: ['name'] }, 'UNKNOWN_COLUMN'],
        [{ key: ['thing'] }, 'NULL_KEY'],
        [{ from: 'from things, range(2)' }, 'DUPLICATE_KEY'],
        [{ from: 'nowhere' }, 'QUERY_FAILED'],
        [{ from: 'delete from things' }, 'QUERY_FAILED'],
        [{ into: 'pairs' }, 'INVALID_NAME'],
        [{ schema: { type: 'string' } }, 'BAD_SCHEMA'],
        [{ schema: { type: 'object', properties: { "a'b": {} } } }, 'BAD_SCHEMA'],
        [{ schema: { type: 'object', properties: { ID: {} } } }, 'COLUMN_CLASH'],
      ];
      for (const [change, code] of cases)
        await assert.rejects(
          generate.run({ ...base, ...change }, context),
          hasCode(code),
          JSON.stringify(change),
        );
      assert.equal(models.calls.length, 0);
    });
  });
});
