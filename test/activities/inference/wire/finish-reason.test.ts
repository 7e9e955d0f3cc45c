import assert from 'node:assert/strict';
import fc from 'fast-check';
import { endingOf, type Ending } from '../../../../activities/inference/wire/finish-reason.ts';

/** Finish reasons by who sends them. */
const sent: { readonly [server: string]: { readonly [finishReason: string]: Ending } } = {
  OpenAI: {
    stop: 'whole',
    length: 'CUT_OFF',
    content_filter: 'FILTERED',
    tool_calls: 'TOOL_CALL',
    function_call: 'TOOL_CALL',
  },
  vLLM: {
    stop: 'whole',
    length: 'CUT_OFF',
    abort: 'ANSWER_ABORTED',
    repetition: 'CUT_OFF',
    error: 'ANSWER_FAILED',
  },
  OpenRouter: { stop: 'whole', length: 'CUT_OFF', error: 'ANSWER_FAILED', content_filter: 'FILTERED' },
  TGI: { eos_token: 'whole', stop_sequence: 'whole', length: 'CUT_OFF' },
  'llama.cpp': { stop: 'whole', length: 'CUT_OFF', limit: 'CUT_OFF', eos: 'whole' },
  Mistral: {
    stop: 'whole',
    length: 'CUT_OFF',
    model_length: 'CUT_OFF',
    error: 'ANSWER_FAILED',
    tool_calls: 'TOOL_CALL',
  },
  Anthropic: {
    end_turn: 'whole',
    max_tokens: 'CUT_OFF',
    stop_sequence: 'whole',
    tool_use: 'TOOL_CALL',
    refusal: 'REFUSED',
  },
  Gemini: {
    STOP: 'whole',
    MAX_TOKENS: 'CUT_OFF',
    SAFETY: 'FILTERED',
    RECITATION: 'FILTERED',
    FINISH_REASON_UNSPECIFIED: 'UNFINISHED',
  },
  DeepSeek: { insufficient_system_resource: 'ANSWER_ABORTED' },
  Cohere: { COMPLETE: 'whole', ERROR_TOXIC: 'FILTERED', ERROR: 'ANSWER_FAILED' },
  Bedrock: { guardrail_intervened: 'FILTERED', contentFiltered: 'FILTERED', endTurn: 'whole' },
};

describe('endingOf', () => {
  for (const [server, reasons] of Object.entries(sent)) {
    it(`knows what ${server} means`, () => {
      const found = Object.fromEntries(Object.keys(reasons).map((reason) => [reason, endingOf(reason)]));
      assert.deepEqual(found, reasons);
    });
  }

  it('takes an answer for a whole one by none of which it does not know it', () => {
    assert.equal(endingOf(null), 'UNFINISHED');
    const known = /^(?:finish_reason_)?(?:stop|eos|end|complete|finish)/i;
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('', 'toString', '__proto__', 'constructor')),
        (reason) => known.test(reason.trim()) || endingOf(reason) !== 'whole',
      ),
    );
    for (const reason of ['', 'toString', '__proto__', 'unknown', 'null'])
      assert.equal(endingOf(reason), 'UNFINISHED');
  });
});
