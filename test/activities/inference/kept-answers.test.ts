import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pino } from 'pino';
import type { ChatAnswer, ModelClient } from '../../../activities/inference/model-client.ts';
import { ModelError, isOfRow } from '../../../activities/inference/model-error.ts';
import { callRecord, failedCallRecord, runShard } from '../../../activities/inference/run-shard.ts';
import type { Store } from '../../../activities/store/store.ts';
import { rowOf } from '../store/rows.ts';
import { withStore } from '../store/with-store.ts';
import { noAdapters } from '../../support/no-adapters.ts';

const name = { table: 'prompt_variations', run: 'run-1', shard: 'variations-1' } as const;
const config = {
  model: { endpoints: ['http://127.0.0.1:1/v1'], name: 'main' },
  sampling: { temperature: 0, topP: 1, maxTokens: 1 },
  request: { timeout: '1s', maxAttempts: 1, concurrency: 1 },
};
const ITEMS = 4;
const CALLS = 3;
const paidFor = {
  thinking: null,
  model: 'main',
  promptTokens: 2,
  completionTokens: 1,
  thinkingTokens: 0,
  tokensAreEstimated: false,
  seconds: 0.5,
};

/** Says `again` or, to the first call of every item, no whole answer. */
function answer(seed: number): ChatAnswer {
  if (seed % CALLS === 0)
    throw new ModelError('CUT_OFF', 'embedded', 'cut off', {
      answer: { ...paidFor, finishReason: 'length', text: 'cu' },
    });
  return {
    ...paidFor,
    text: `again ${seed}`,
    finishReason: 'stop',
    logprobs: null,
    endpoint: 'embedded',
    requests: 1,
  };
}

/** One attempt at a shard whose items ask three times each, one call after the other. */
function attempt(store: Store, models: ModelClient): ReturnType<typeof runShard> {
  return runShard({
    context: {
      run: { runId: 'run-1', definition: 'prose', settingsDigest: '', digest: 'digest', seed: 1 },
      store,
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      heartbeat() {},
      models,
    },
    stage: 'prompt_variations',
    name,
    split: 'train',
    unit: 'variations',
    items: Array.from({ length: ITEMS }, (_, item) => item),
    concurrency: 2,
    keyOf: String,
    async call(item, { models: own, signal }) {
      const calls = [];
      const said: string[] = [];
      for (let seed = item * CALLS; seed < (item + 1) * CALLS; seed += 1) {
        const key = String(seed);
        try {
          const made = await own.chat({ role: 'prompt_variation', config, messages: [], seed, signal });
          calls.push(callRecord('prompt_variation', key, made));
          said.push(made.text);
        } catch (failure) {
          if (!isOfRow(failure)) throw failure;
          calls.push(failedCallRecord('prompt_variation', key, config, failure));
          said.push(`${failure.code} ${failure.answer?.text} after ${failure.requests}`);
        }
      }
      const row = { base_prompt_idx: item, prompt_variation_idx: 0, prompt_variation: said.join(', ') };
      return { rows: [rowOf('prompt_variations', row)], calls };
    },
  });
}

async function tablesOf(store: Store): Promise<unknown> {
  return [
    await store.query('select * from prompt_variations order by all'),
    await store.query('select * from model_calls order by all'),
  ];
}

describe('answers of an item whose next call fails', () => {
  it('are asked for no second time, and the rows and the ledger are those of an undisturbed run', () =>
    withStore(async (undisturbed) => {
      const close = (): Promise<void> => Promise.resolve();
      await attempt(undisturbed, { chat: async ({ seed }) => answer(seed), close, adapters: noAdapters });
      const expected = await tablesOf(undisturbed);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(ITEMS * CALLS - 1), { maxLength: 4 }), (failing) =>
          withStore(async (store) => {
            const paid: number[] = [];
            for (const down of [...failing, undefined]) {
              const chat = async ({ seed }: { readonly seed: number }): Promise<ChatAnswer> => {
                await new Promise((resolve) => setImmediate(resolve));
                if (seed === down) throw new ModelError('CONNECTION_FAILED', 'embedded', 'down');
                paid.push(seed);
                return answer(seed);
              };
              await attempt(store, { chat, close, adapters: noAdapters }).catch((error: unknown) =>
                assert(error instanceof ModelError && error.code === 'CONNECTION_FAILED'),
              );
            }
            assert.deepEqual(
              paid.toSorted((one, other) => one - other),
              Array.from({ length: ITEMS * CALLS }, (_, seed) => seed),
            );
            assert.deepEqual(await tablesOf(store), expected);
          }),
        ),
        { numRuns: 25 },
      );
    }));
});
