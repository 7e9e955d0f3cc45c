import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TokenLogprob } from '../../../../activities/inference/model-client.ts';
import { expectedScores } from '../../../../activities/inference/texts/score-tokens.ts';
import { findVerdict, type Scores } from '../../../../activities/inference/texts/verdict.ts';

const keys = ['criteria_1', 'criteria_2'];

/** A token that was certain, or one with the given probabilities of its alternatives. */
function token(text: string, alternatives: { readonly [token: string]: number } = {}): TokenLogprob {
  const top = Object.entries(alternatives).map(([each, probability]) => ({
    token: each,
    logprob: Math.log(probability),
  }));
  return { token: text, logprob: Math.log(alternatives[text] ?? 1), top };
}

const textOf = (tokens: readonly TokenLogprob[]): string => tokens.map((each) => each.token).join('');
const expectedOf = (text: string, tokens: readonly TokenLogprob[], wanted = keys): Scores => {
  const verdict = findVerdict(text, wanted, []);
  return verdict === undefined ? {} : expectedScores(verdict, tokens, wanted);
};
const score = (tokens: readonly TokenLogprob[]): number | null =>
  expectedOf(textOf(tokens), tokens, ['criteria_1'])['criteria_1'] ?? null;

function assertClose(actual: number | null | undefined, expected: number): void {
  assert(
    typeof actual === 'number' && Math.abs(actual - expected) < 1e-9,
    `${String(actual)} is not ${expected}`,
  );
}

describe('expectedScores', () => {
  const alternatives = { 4: 0.6, 5: 0.3, 3: 0.1 };

  for (const [what, before, after] of [
    ['a token of its own', '', ''],
    ['a token with a space', ' ', ''],
    ['a token in quotes', '"', '"'],
    ['a token with its colon', ': ', ''],
    ['a token with what follows', ' ', ', "'],
  ] as const) {
    it(`averages the digits of ${what}`, () => {
      const colon = before.includes(':') ? '' : ':';
      const form = (digit: string): string => `${before}${digit}${after}`;
      const digits = token(
        form('4'),
        Object.fromEntries(
          Object.entries(alternatives).map(([digit, probability]) => [form(digit), probability]),
        ),
      );
      const rest = after.includes(',') ? 'x": 1}' : '}';
      assertClose(
        score([token('{"criteria_1"'), ...(colon ? [token(colon)] : []), digits, token(rest)]),
        4.5 - 0.3,
      );
    });
  }

  it('adds up the forms of one digit and leaves out what is no score', () => {
    const digits = token('4', { 4: 0.4, ' 4': 0.2, 5: 0.2, '10': 0.1, x: 0.05, '3.': 0.05 });
    assertClose(score([token('{"criteria_1":'), digits, token('}')]), (4 * 0.6 + 5 * 0.2) / 0.8);
  });

  it('counts the token that was written once, also where it is not among the alternatives', () => {
    const listed = token('4', { 4: 0.5, 2: 0.5 });
    assertClose(score([token('{"criteria_1":'), listed, token('}')]), 3);
    const unlisted = { ...token('4', { 2: 0.5 }), logprob: Math.log(0.5) };
    assertClose(score([token('{"criteria_1":'), unlisted, token('}')]), 3);
  });

  it('finds the digit in a token that holds the end of its key', () => {
    const digits = token('1": 4', { '1": 4': 0.5, '1": 2': 0.5, '2": 5': 0.2 });
    assertClose(score([token('{"criteria_'), digits, token('}')]), 3);
  });

  it('goes by the keys of the answer itself, not by those in nested objects, strings or prose', () => {
    const tokens = [
      token('Here {it is}: {"note": "\\"criteria_1\\": 1", "old": {"criteria_1": 2}, "criteria_1": '),
      token('5', { 5: 0.75, 4: 0.25 }),
      token(', "reason": "criteria_1: 3"}'),
    ];
    assertClose(score(tokens), 4.75);
  });

  it('has no expectation where the digits have less than half of the probability', () => {
    assert.equal(
      score([token('{"criteria_1":'), token('4', { 4: 0.3, 5: 0.1, '{': 0.6 }), token('}')]),
      null,
    );
  });

  it('has no expectation for what is no single digit', () => {
    assert.equal(score([token('{"criteria_1":'), token('4', alternatives), token('.5}')]), null);
    assert.equal(score([token('{"criteria_1":'), token('4', alternatives), token('2}')]), null);
    assert.equal(score([token('{"criteria_1":'), token('null'), token('}')]), null);
    assert.equal(score([token('{"criteria_2":'), token('4', alternatives), token('}')]), null);
  });

  it('takes 4.0 for 4, and special tokens after the answer for nothing', () => {
    const tokens = [token('{"criteria_1":'), token('4', alternatives), token('.0}')];
    assertClose(expectedOf(textOf(tokens), [...tokens, token('<|im_end|>')])['criteria_1'], 4.2);
  });

  it('goes by the tokens of the answer, not by those of the thinking before it', () => {
    const thought = [token('<think>{"criteria_1":'), token('4', { 4: 0.9, 1: 0.1 }), token('}</think>')];
    const tokens = [token('{"criteria_1":'), token('4', alternatives), token('}')];
    assertClose(expectedOf(textOf(tokens), [...thought, ...tokens], ['criteria_1'])['criteria_1'], 4.2);
  });

  it('finds the digits where a character is split over tokens', () => {
    const tokens = [
      token('{"criteria_1":'),
      token('4', alternatives),
      token(',"reason":"'),
      token('\ufffd'),
      token('\ufffd"}'),
    ];
    assertClose(expectedOf('{"criteria_1":4,"reason":"☃"}', tokens, ['criteria_1'])['criteria_1'], 4.2);
  });

  it('has no expectation where the tokens are those of another text', () => {
    const tokens = [token('{"criteria_1":'), token('4', alternatives), token('}')];
    assert.deepEqual(expectedOf('{"criteria_1": 2}', tokens), {
      criteria_1: null,
      criteria_2: null,
    });
    assert.deepEqual(expectedOf('{"criteria_1": 4}', []), { criteria_1: null, criteria_2: null });
  });

  it('is the mean of any distribution over the digits, however the text is cut into tokens', () => {
    const weights = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 });
    const prefix = '{"criteria_1" :\t';
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: prefix.length - 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(weights, cuts, fc.integer({ min: 1, max: 5 }), (raw, at, written) => {
        const total = raw.reduce((sum, weight) => sum + weight, 0);
        const mean = raw.reduce((sum, weight, index) => sum + (index + 1) * weight, 0) / total;
        const offsets = [0, ...at.toSorted((left, right) => left - right), prefix.length];
        const pieces = offsets.slice(1).map((end, index) => token(prefix.slice(offsets[index], end)));
        const digits = Object.fromEntries(raw.map((weight, index) => [index + 1, weight / total]));
        assertClose(score([...pieces, token(String(written), digits), token('}')]), mean);
      }),
    );
  });

  it('never throws, and gives nothing but null or a number from 1 to 5', () => {
    const anyToken = fc.record({
      token: fc.oneof(
        fc.constantFrom('{"', 'criteria_1', '":', ' 4', '5', '"', '}', '{', ',', '\\'),
        fc.string(),
      ),
      logprob: fc.double(),
      top: fc.array(fc.record({ token: fc.constantFrom('1', '5', ' 3', 'x'), logprob: fc.double() }), {
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(fc.array(anyToken), (tokens) => {
        for (const value of Object.values(expectedOf(textOf(tokens), tokens))) {
          assert(value === null || (value >= 1 && value <= 5));
        }
      }),
      { numRuns: 500 },
    );
  });
});
