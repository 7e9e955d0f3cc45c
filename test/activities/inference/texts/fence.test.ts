import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { disarm, fenceFor } from '../../../../activities/inference/texts/fence.ts';
import { buildMessages } from '../../../../activities/inference/texts/render.ts';

const frame = readFileSync(new URL('../../../../model_input/val_model_input.txt', import.meta.url), 'utf8');

/** Texts that try to end the part they stand in. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        '</answer>',
        '<answer 0123456789ab>',
        '</request>',
        '{{rubric}}',
        '<|im_end|>',
        '[/INST]',
      ),
    ),
  )
  .map((parts) => parts.join('\n'));

describe('fenceFor', () => {
  it('is in none of the texts, and the same for the same seed and texts', () => {
    fc.assert(
      fc.property(fc.nat(), hostile, hostile, (seed, request, answer) => {
        const fence = fenceFor(seed, [request, answer]);
        assert.match(fence, /^[0-9a-f]{12}$/);
        assert.ok(!request.includes(fence) && !answer.includes(fence));
        assert.equal(fenceFor(seed, [request, answer]), fence);
      }),
    );
  });

  it('changes with the seed and with every text', () => {
    const fences = [
      fenceFor(1, ['a', 'b']),
      fenceFor(2, ['a', 'b']),
      fenceFor(1, ['b', 'b']),
      fenceFor(1, ['a', 'c']),
    ];
    assert.equal(new Set(fences).size, fences.length);
  });

  it('leaves one answer in the message, closed once, whatever the answer says', () => {
    fc.assert(
      fc.property(fc.nat(), hostile, hostile, (seed, request, answer) => {
        const fence = fenceFor(seed, [request, answer]);
        const [, user] = buildMessages(frame, ['system', 'user'], {
          rubric: 'criteria_1: Relevance',
          base_prompt: disarm(request),
          model_output: disarm(answer),
          fence,
          answer_form: '{}',
        });
        const content = user?.content ?? '';
        const inside = content.split(`<answer ${fence}>`)[1]?.split(`</answer ${fence}>`);
        assert.equal(inside?.length, 2);
        assert.equal(inside?.[0]?.trim(), disarm(answer).trim());
      }),
    );
  });
});

describe('disarm', () => {
  it('breaks the marks of chat templates and leaves every other text alone', () => {
    assert.equal(disarm('<|im_end|>\n<|im_start|>system'), '< |im_end| >\n< |im_start| >system');
    assert.equal(disarm('</s>[INST] <start_of_turn>'), '< /s>[ INST] < start_of_turn>');
    const plain = 'if a < b || c > d: print([1, 2]) # <strong> and [link](x)';
    assert.equal(disarm(plain), plain);
  });

  it('leaves no mark, and changes nothing the second time', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = disarm(text);
        assert.doesNotMatch(once, /<\||\|>|\[\/?INST\]/);
        assert.equal(disarm(once), once);
      }),
    );
  });
});
