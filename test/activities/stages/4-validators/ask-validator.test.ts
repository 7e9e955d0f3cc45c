import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { askValidator } from '../../../../activities/stages/4-validators/ask-validator.ts';
import type { ChatAnswer, ChatCall } from '../../../../activities/inference/model-client.ts';
import { ModelError } from '../../../../activities/inference/model-error.ts';
import { loadSettings } from '../../../../configs/load.ts';
import type { Settings } from '../../../../configs/settings/types.ts';
import { noAdapters } from '../../../support/no-adapters.ts';

const whole =
  '{"criteria_1":4,"criteria_2":3,"criteria_3":5,"criteria_4":2,"criteria_5":1,"reason":"because"}';
const partial = '{"criteria_1":4,"criteria_2":3,"reason":"the rest is missing"}';
const request = { basePrompt: 'How?', answer: 'So.', seed: 1, key: '0:-1:0' };

describe('askValidator', () => {
  let settings: Settings;
  before(async () => {
    const loaded = await loadSettings(fileURLToPath(new URL('../../../..', import.meta.url)));
    assert.ok(loaded.ok);
    settings = loaded.value;
  });

  /** Asks a validator that gives these answers in turn. */
  async function ask(
    answers: readonly (string | ModelError)[],
    wanted: Parameters<typeof askValidator>[0] = request,
  ): Promise<{ sheet: Awaited<ReturnType<typeof askValidator>>; calls: ChatCall[] }> {
    const calls: ChatCall[] = [];
    const models = {
      async chat(call: ChatCall): Promise<ChatAnswer> {
        const answer = answers[calls.push(call) - 1] ?? '';
        if (typeof answer !== 'string') throw answer;
        return {
          text: answer,
          finishReason: 'stop',
          thinking: null,
          thinkingTokens: 0,
          tokensAreEstimated: false,
          logprobs: null,
          model: 'm',
          endpoint: 'e',
          promptTokens: 1,
          completionTokens: 1,
          seconds: 1,
          requests: 1,
        };
      },
      adapters: noAdapters,
      close: async () => {},
    };
    const [config] = settings.validatorModel.validators;
    assert.ok(config);
    const signal = new AbortController().signal;
    return { sheet: await askValidator(wanted, config, { models, settings, signal }), calls };
  }

  it('gives all five scores of a whole answer', async () => {
    const { sheet, calls } = await ask([whole]);
    assert.deepEqual(Object.values(sheet.scores), [4, 3, 5, 2, 1]);
    assert.deepEqual([sheet.error, sheet.scoredBy, calls.length], [null, 'integer', 1]);
  });

  it('keeps what the first answer said where the second says less', async () => {
    for (const second of ['no scores at all', new ModelError('BAD_REQUEST', 'e', 'no')]) {
      const { sheet } = await ask([partial, second]);
      assert.deepEqual([sheet.scores['criteria_1'], sheet.scores['criteria_3'] ?? null], [4, null]);
      assert.notEqual(sheet.error, null);
      assert.equal(sheet.calls.length, 2);
    }
  });

  it('begins what it sends for any two answers with the same system text and rubric, for the prefix cache', async () => {
    const texts: string[] = [];
    for (const [seed, basePrompt] of ['How?', 'Tell me about <volcanoes>'].entries()) {
      const { calls } = await ask([whole], { basePrompt, answer: `So, ${seed}.`, seed, key: `${seed}:0:0` });
      texts.push(calls[0]?.messages.map(({ content }) => content).join('\n') ?? '');
    }
    const [left = '', right = ''] = texts;
    const shared = left.slice(
      0,
      Array.from(left).findIndex((_, at) => left[at] !== right[at]),
    );
    assert.match(shared, /examiner[^]*criteria_1[^]*criteria_5[^]*<\/rubric>/);
  });

  it('shows and asks for one criterion alone', async () => {
    const { sheet, calls } = await ask(['{"criteria_3": 2, "reason": "thin"}'], {
      ...request,
      criterion: 'criteria_3',
    });
    assert.deepEqual(sheet.scores, { criteria_3: 2 });
    const text = calls[0]?.messages.map(({ content }) => content).join('\n') ?? '';
    assert.match(text, /criteria_3: Depth/);
    assert.doesNotMatch(text, /criteria_[1245]/);
  });
});
