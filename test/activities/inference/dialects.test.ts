/** All stages that ask models, against servers that speak as those that people use. */
import assert from 'node:assert/strict';
import { dialects } from '../../support/dialects/dialects.ts';
import { startDialectServer, withChoice } from '../../support/dialects/dialect-server.ts';
import { stages, withStages } from '../../support/dialects/run-stages.ts';

/** Fields that a server may refuse, one after the other, of each of a run's seven models. */
const MOST_REFUSALS = 7 * 5;

describe('every stage', function () {
  this.timeout(120_000);

  for (const [name, dialect] of Object.entries(dialects)) {
    it(`gets whole answers from ${name}, and is refused no more than once for each field`, async () => {
      const server = await startDialectServer(dialect);
      try {
        await withStages(server.url, async ({ run, query }) => {
          for (const stage of stages) {
            const rows = await run(stage);
            assert(rows.length > 0, stage);
            assert.deepEqual([...new Set(rows.map((row) => row['error'] ?? null))], [null], stage);
          }
          const thoughts = await query(
            "select model_output from model_outputs where model_output ilike '%let me think%' or model_output like '%</think>%'",
          );
          assert.deepEqual(thoughts, []);
          const [counts] = await query(
            'select count(*) filter (tokens_estimated)::integer as estimated from model_calls',
          );
          assert.equal(Number(counts?.['estimated']) > 0, name.includes('no tokens'));
          assert(server.counts.refused <= MOST_REFUSALS, `${server.counts.refused} refusals`);
          assert(server.counts.refused < server.counts.answered / 2, `${server.counts.refused} refusals`);
        });
      } finally {
        await server.close();
      }
    });
  }
});

describe('an answer that is not whole', function () {
  this.timeout(120_000);

  const endings = [
    ['length', 'CUT_OFF'],
    ['content_filter', 'FILTERED'],
    ['tool_calls', 'TOOL_CALL'],
    ['refusal', 'REFUSED'],
    ['error', 'ANSWER_FAILED'],
    [null, 'UNFINISHED'],
    ['banana', 'UNFINISHED'],
  ] as const;
  for (const [finishReason, code] of endings) {
    it(`is missing in every stage, with its reason: ${finishReason}`, async () => {
      let isWhole = true;
      let asked = 0;
      // Every other answer is broken.
      const server = await startDialectServer({
        say: (completion) =>
          isWhole || (asked += 1) % 2 === 0
            ? completion
            : withChoice(completion, { finish_reason: finishReason }),
      });
      try {
        await withStages(server.url, async ({ run, query }) => {
          await run('base_prompts');
          isWhole = false;
          for (const stage of ['prompt_variations', 'model_outputs', 'generated'] as const) {
            const rows = await run(stage);
            const text = {
              prompt_variations: 'prompt_variation',
              model_outputs: 'model_output',
              generated: 'answer',
            }[stage];
            for (const row of rows) {
              assert.equal(row[text] === null, row['error'] !== null, `${stage}: ${JSON.stringify(row)}`);
              assert(
                [null, code, 'NO_PROMPT'].includes(row['error'] as null),
                `${stage}: ${JSON.stringify(row)}`,
              );
            }
          }
          // What is missing is not scored.
          isWhole = true;
          const scores = await run('validator_scores');
          const outputs = await query('select count(model_output)::integer as whole from model_outputs');
          assert.equal(scores.filter((row) => row['error'] === null).length, outputs[0]?.['whole']);
        });
      } finally {
        await server.close();
      }
    });
  }

  it('is not kept: the same call is asked again', async () => {
    let isWhole = false;
    const server = await startDialectServer({
      say: (completion) => (isWhole ? completion : withChoice(completion, { finish_reason: 'length' })),
    });
    try {
      await withStages(server.url, async ({ run }) => {
        assert.equal((await run('test_rewrites'))[0]?.['error'], 'CUT_OFF');
        isWhole = true;
        assert.equal((await run('test_rewrites'))[0]?.['error'], null);
      });
    } finally {
      await server.close();
    }
  });
});

describe('a stage whose calls are all refused', function () {
  this.timeout(60_000);

  for (const stage of ['prompt_variations', 'model_outputs', 'validator_scores', 'generated'] as const) {
    it(`fails with what the server says: ${stage}`, async () => {
      let isRefusing = false;
      const server = await startDialectServer({
        refuse: () =>
          isRefusing
            ? {
                status: 400,
                body: {
                  error: {
                    message: 'The flux capacitor\n is missing.',
                    type: 'invalid',
                    param: null,
                    code: null,
                  },
                },
              }
            : undefined,
        say: (completion) => completion,
      });
      try {
        await withStages(server.url, async ({ run }) => {
          for (const before of stages.slice(0, stages.indexOf(stage))) {
            if (before !== 'test_rewrites') await run(before);
          }
          isRefusing = true;
          await assert.rejects(
            run(stage),
            (error: Error & { code?: string }) =>
              error.code === 'BAD_REQUEST' && error.message.includes('The flux capacitor is missing.'),
          );
          isRefusing = false;
          assert((await run(stage)).every((row) => row['error'] === null));
        });
      } finally {
        await server.close();
      }
    });
  }
});
