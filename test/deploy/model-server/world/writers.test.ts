import assert from 'node:assert/strict';
import { writeBasePrompts } from '../../../../deploy/model-server/world/base-prompt-model.ts';
import {
  chooseWording,
  rewriteByLessons,
} from '../../../../deploy/model-server/world/prompt-optimizer-model.ts';
import { topicBank } from '../../../../deploy/model-server/world/topic-bank.ts';
import { trueQuality } from '../../../../deploy/model-server/world/true-quality.ts';
import { rewriteByApproach } from '../../../../deploy/model-server/world/variation-model.ts';
import { defaultWorld } from '../../../../deploy/model-server/world/world.ts';
import { contentWordsOf } from '../../../../deploy/model-server/world/words.ts';
import { messagesOf } from '../support.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const request = 'How do I choose potting soil?';

function fill(name: string, values: { readonly [place: string]: string }, section?: string): string {
  return messagesOf(name, values, section)
    .map(({ content }) => content)
    .join('\n');
}
function topicsOf(domain: string, count: number, seed = 1): readonly string[] {
  const message = fill('base_prompt_input', { domain, count: String(count) }, 'topics');
  const written = writeBasePrompts(message, undefined, seed, 1);
  return 'topics' in written ? written.topics : [];
}
function promptsOf(topic: string, count: number, seed = 1): readonly string[] {
  const message = fill('base_prompt_input', { domain: 'all', topic, count: String(count) }, 'prompts');
  const written = writeBasePrompts(message, undefined, seed, 1);
  return 'prompts' in written ? written.prompts : [];
}
const vary = (approach: string) => (seed: number) =>
  rewriteByApproach(fill('prompt_variation_input', { base_prompt: request, approach }), seed, 1);
const optimize = (lessons: string) => (seed: number) =>
  rewriteByLessons(fill('prompt_optimization_model_input', { base_prompt: request, lessons }), seed, 1);
const meanTruth = (rewrite: (seed: number) => string): number =>
  seeds.reduce((sum, seed) => sum + trueQuality(rewrite(seed), request, defaultWorld).overall, 0) /
  seeds.length;

describe('simulated base-prompt model', () => {
  it('names as many distinct topic families as are asked for, by seed', () => {
    for (const count of [1, 15, 80, 500]) {
      assert.equal(new Set(topicsOf('everyday questions', count)).size, count);
    }
    assert.notDeepEqual(topicsOf('everyday questions', 15, 1), topicsOf('everyday questions', 15, 2));
  });

  it('stays within the domain as long as it knows enough of it', () => {
    const families = new Map(topicBank.map(({ name, area }) => [name, area]));
    for (const topic of topicsOf('personal finance', 5)) assert.equal(families.get(topic), 'money');
    assert.ok(topicsOf('beekeeping', 4).every((topic) => topic.includes('beekeeping')));
  });

  it('writes distinct requests about the topic, and rarely one too few or twice the same', () => {
    const counts = seeds.map((seed) => promptsOf('bread baking', 8, seed).length);
    const short = counts.filter((count) => count === 7).length;
    assert.ok(short > 0 && short < 20);
    assert.ok(counts.every((count) => count === 7 || count === 8));
    const spellings = seeds.map(
      (seed) =>
        new Set(promptsOf('bread baking', 8, seed).map((text) => text.toLowerCase().replace(/\W+$/, '')))
          .size,
    );
    const doubled = spellings.filter((size, index) => size < (counts[index] ?? 0)).length;
    assert.ok(doubled > 0 && doubled < 30);
    for (const prompt of promptsOf('beekeeping basics', 5)) assert.match(prompt, /beekeeping/);
  });
});

describe('simulated variation model', () => {
  it('keeps what is asked', () => {
    for (const approach of [
      'Say who the answer is for.',
      'Shorten it.',
      'Make it vague.',
      'Ask for steps.',
      '',
    ]) {
      for (const seed of seeds.slice(0, 30)) {
        assert.deepEqual(contentWordsOf(vary(approach)(seed)), contentWordsOf(request), approach);
      }
    }
  });

  it('rewrites in different ways by seed', () => {
    assert.ok(new Set(seeds.map(vary('Ask for numbered steps and an example.'))).size > 10);
  });

  it('makes better prompts when asked for what helps, and worse ones when asked for what hurts', () => {
    const plain = trueQuality(request, request, defaultWorld).overall;
    assert.ok(meanTruth(vary('Ask for concrete examples and reasons.')) > plain + 0.3);
    assert.ok(meanTruth(vary('Make it vague and casual.')) < plain - 0.3);
  });
});

describe('simulated prompt-optimization model', () => {
  it('does better with true lessons than without, and worse with false ones', () => {
    const guessed = meanTruth(optimize(''));
    const taught = meanTruth(
      optimize(
        '- Say what the answer is needed for (helps)\n- Ask for steps (helps)\n- Ask for specific figures (helps)\n- Ask several things at once (hurts)\n- Vague wording (hurts)',
      ),
    );
    const misled = meanTruth(optimize('- Be vague (helps)\n- Ask several things at once (helps)'));
    assert.ok(taught > guessed + 0.2, `${taught} ${guessed}`);
    assert.ok(misled < guessed - 0.2, `${misled} ${guessed}`);
  });

  it('chooses among wordings about as well as it guesses, whatever their order', () => {
    const plain = request;
    const asked = `${request} Give one example. Answer in numbered steps.`;
    const offer = (texts: readonly string[]) => (seed: number) => {
      const wordings = texts.map((text, index) => `<wording number="${index + 1}">\n${text}\n</wording>`);
      const values = { base_prompt: request, wordings: wordings.join('\n') };
      return texts[chooseWording(fill('prompt_optimization_model_input', values, 'choice'), seed, 1) - 1];
    };
    for (const texts of [
      [plain, asked],
      [asked, plain],
    ]) {
      const share = seeds.filter((seed) => offer(texts)(seed) === asked).length / seeds.length;
      assert.ok(share > 0.65 && share < 0.85, `${share}`);
    }
  });

  it('avoids what it is told hurts', () => {
    for (const seed of seeds) assert.doesNotMatch(optimize('- Examples (hurts)')(seed), /example/i);
  });
});
