import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { generate, type GenerateInput } from '../../activities/general/generate/generate.ts';
import { command } from '../../activities/general/command/command.ts';
import { http } from '../../activities/general/http/http.ts';
import { sql } from '../../activities/general/sql.ts';
import type { ModelClient } from '../../activities/inference/model-client.ts';
import { readAnswer } from '../../activities/inference/wire/read-answer.ts';
import { runMainModel } from '../../activities/stages/3-main-model/main-model.ts';
import { generateVariations } from '../../activities/stages/2-variations/variations.ts';
import { rewrite } from '../../activities/rewriting/rewrite.ts';
import type { Row } from '../../activities/store/tables.ts';
import { hasCode, withContext } from '../activities/general/general-context.ts';
import { answerWith, ODD_SCHEMA, oddForms, oddTexts, oddValues } from './answers/odd-answers.ts';
import { noAdapters } from '../support/no-adapters.ts';

/** A model that answers to the number in the user's message with the answer of that number, also when asked again. */
function saying(answers: readonly string[]): ModelClient {
  return {
    async chat(call) {
      const number = Number(/#(\d+)#/.exec(call.messages.at(-1)?.content ?? '')?.[1]);
      const message = { role: 'assistant', content: answers[number] ?? '' };
      const text = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] });
      const answer = { status: 200, text, isUtf8: true, retryAfter: undefined, location: undefined };
      return readAnswer(answer, { endpoint: 'embedded', call, secret: undefined, seconds: 0, requests: 1 });
    },
    adapters: noAdapters,
    close: async () => {},
  };
}

/** Has `generate` ask once for each answer, and gives the rows in their order. */
async function generated(answers: readonly string[], input: Partial<GenerateInput>): Promise<readonly Row[]> {
  let found: readonly Row[] = [];
  await withContext(
    async (context, root) => {
      await mkdir(join(root, 'texts'));
      await writeFile(join(root, 'texts', 'ask.txt'), '=== user ===\nSay #{{id}}#.\n');
      const given: GenerateInput = {
        from: `select unnest(range(${answers.length})) as id`,
        key: ['id'],
        text: 'texts/ask.txt',
        role: 'main_model',
        into: 'odd',
        ...input,
      };
      const { rowCount, errorCount } = await generate.run(given, context);
      assert.equal(rowCount, answers.length);
      const rows = await context.store.query('select * from odd order by id');
      assert.equal(errorCount, rows.filter((row) => row['error'] !== null).length);
      found = rows;
    },
    { models: saying(answers) },
  );
  return found;
}

/** Every text that some activity may have to keep. */
const said = [
  ...oddTexts().map(({ text }) => text),
  ...oddValues().map(answerWith),
  ...oddForms().map(([text]) => text),
];
// DuckDB's package reads a text without the byte order mark at its beginning.
const everyText = said.filter((text) => !text.startsWith('\uFEFF'));
const wholeTexts = everyText.filter((text) => !/\p{Cs}/u.test(text));
const shortTexts = everyText.filter((text) => text.length < 100_000);

/** What Temporal keeps of a result. */
function throughHistory(value: unknown): unknown {
  return defaultPayloadConverter.fromPayload(defaultPayloadConverter.toPayload(value));
}

describe('odd answers', () => {
  it('are at least three hundred', () => assert.ok(said.length >= 300, String(said.length)));

  it('are each a row of generate, whole or with its own error', async () => {
    const texts = oddTexts();
    const rows = await generated(
      texts.map(({ text }) => text),
      {},
    );
    const wrong = texts.flatMap(({ text, error }, index) => {
      const row = rows[index];
      const isRight = row?.['error'] === error && (error !== null || row['answer'] === text);
      return isRight ? [] : [[JSON.stringify(text).slice(0, 100), row?.['error']]];
    });
    assert.deepEqual(wrong, []);
  });

  const asTheyAre = (json: string): string => json;
  const amongWords = (json: string): string =>
    `Sure, {here} it is:\n\`\`\`json\n${json}\n\`\`\`\nAnything else?`;
  const bareAndFenced = [
    ['alone', asTheyAre],
    ['in a fence, among words', amongWords],
  ] as const;
  for (const [where, form] of bareAndFenced)
    it(`are each a row of generate with a schema, with their values or with their own error: ${where}`, () =>
      assertValues(form));

  async function assertValues(form: (json: string) => string): Promise<void> {
    const values = oddValues();
    const rows = await generated(
      values.map((value) => form(answerWith(value))),
      { schema: ODD_SCHEMA },
    );
    const wrong = values.flatMap(({ property, source, error = null, cell }, index) => {
      const row = rows[index];
      const isRight = row?.['error'] === error && (error !== null || Object.is(row[property], cell));
      return isRight ? [] : [[property, source.slice(0, 100), row?.['error'], row?.[property]]];
    });
    assert.deepEqual(wrong, []);
  }

  it('are read by generate whatever stands around them, or are the error of their row', async () => {
    const forms = oddForms();
    const rows = await generated(
      forms.map(([text]) => text),
      { schema: ODD_SCHEMA },
    );
    assert.deepEqual(
      rows.map((row, index) => [forms[index]?.[0], row['label'], row['error']]),
      forms,
    );
  });

  it('are kept by sql as they are, in its table and in its rows, and refused where no file can keep them', () =>
    withContext(async (context) => {
      const texts = wholeTexts.filter((text) => text.length < 100_000);
      await sql.run(
        {
          query: 'select unnest($texts) as v, unnest(range(len($texts))) as i',
          parameters: { texts: wholeTexts },
          into: 'odd',
        },
        context,
      );
      const rows = await context.store.query('select v from odd order by i');
      assert.ok(rows.every(({ v }, index) => v === wholeTexts[index]));
      for (let from = 0; from < texts.length; from += 50) {
        const some = texts.slice(from, from + 50);
        const { rows: returned } = await sql.run(
          { query: 'select unnest($texts) as v', parameters: { texts: some } },
          context,
        );
        assert.deepEqual(
          throughHistory(returned),
          some.map((v) => ({ v })),
        );
      }
      for (const broken of everyText.filter((text) => /\p{Cs}/u.test(text)))
        await assert.rejects(
          sql.run({ query: 'select $v as v', parameters: { v: broken } }, context),
          hasCode('BROKEN_UNICODE'),
        );
    }));

  it('come from http as they are, as text and as JSON', () =>
    withContext(async (context) => {
      const server = createServer((request, response) => {
        const [kind, index] = (request.url ?? '').slice(1).split('/');
        const text = shortTexts[Number(index)] ?? '';
        response.setHeader('content-type', kind === 'json' ? 'application/json' : 'text/plain');
        response.end(kind === 'json' ? JSON.stringify({ text }) : text);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      try {
        for (const [index, text] of shortTexts.entries()) {
          const json = await http.run({ url: `http://127.0.0.1:${port}/json/${index}` }, context);
          assert.deepEqual(throughHistory(json.json), { text });
          if (/\p{Cs}/u.test(text)) continue;
          const plain = await http.run({ url: `http://127.0.0.1:${port}/text/${index}` }, context);
          assert.equal(throughHistory(plain.text), text);
        }
      } finally {
        server.closeAllConnections();
        server.close();
      }
    }));

  it('come from a command as they are, as its result', () =>
    withContext(async (context, root) => {
      const texts = shortTexts.filter((_text, index) => index % 10 === 0 || index > shortTexts.length - 10);
      await writeFile(join(root, 'texts.json'), JSON.stringify(texts));
      const script = `console.log(JSON.stringify(JSON.parse(require('fs').readFileSync('texts.json'))[process.argv[1]]))`;
      for (const [index, text] of texts.entries()) {
        const { result } = await command.run(
          { command: [process.execPath, '-e', script, String(index)], parseResult: true },
          context,
        );
        assert.equal(throughHistory(result), text);
      }
    }));

  it('are each a row of the stages that store what a model says', () =>
    withContext(
      async (context) => {
        const asked = everyText.map((_text, index) => `Say #${index}#.`);
        const name = { run: context.run.runId, shard: 'asked' };
        const prompts = await context.store.writeShard(
          { table: 'base_prompts', ...name },
          'train',
          asked.map((prompt, index) => ({
            base_prompt_idx: index,
            base_prompt: prompt,
            topic: 't',
            split: 'train',
            source: 'file',
            fields: null,
            model: '',
            seed: 1,
          })),
        );
        const vary = generateVariations.run({ shard: prompts, count: 1 }, context);
        await assert.rejects(vary, hasCode('NO_VARIATIONS'));
        const varied = await context.store.query('from prompt_variations');
        assert.equal(varied.length, 2 * asked.length);
        const shard = await context.store.writeShard(
          { table: 'test_prompts', ...name },
          'test',
          asked.map((prompt, index) => ({
            base_prompt_idx: index,
            prompt_variation_idx: -1,
            prompt_variation: prompt,
            arm: 'baseline',
            adapter: null,
            error: null,
            model: '',
            seed: 0,
          })),
        );
        const answered = await runMainModel.run({ shard }, context);
        const rows = await context.store.readShard(answered);
        for (const { base_prompt_idx: index, model_output: output, error } of rows) {
          const text = everyText[Number(index)] ?? '';
          assert.ok(error !== null || output === text, JSON.stringify(text).slice(0, 100));
        }
      },
      { models: saying(everyText) },
    ));

  it('are no rewritings where JSON says half of a character by an escape', () =>
    withContext(
      async (context) => {
        const { prompt, error, calls } = await rewrite(context, {
          role: 'prompt_variation',
          config: context.settings.promptVariation,
          text: '=== system ===\n\n=== user ===\n{{base_prompt}}\n',
          values: { base_prompt: 'How does #0# bread rise?' },
          seed: 1,
          key: '0:0',
        });
        assert.deepEqual([prompt, error], [null, 'BROKEN_UNICODE']);
        assert.match(calls[0]?.unused_text ?? '', /ud83d/);
      },
      { models: saying(['{"prompt": "How does bread rise \\ud83d so well?"}']) },
    ));
});
