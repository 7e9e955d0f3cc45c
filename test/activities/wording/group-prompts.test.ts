import assert from 'node:assert/strict';
import fc from 'fast-check';
import { groupPrompts } from '../../../activities/wording/group-prompts.ts';

const askings: readonly ((what: string) => string)[] = [
  (what) => `How do I ${what}?`,
  (what) => `Please explain step by step how to ${what}.`,
  (what) => `What is the best way to ${what}?`,
  (what) => `I want to ${what}. What should I do?`,
  (what) => `Give me a short guide on how to ${what}`,
  (what) => `Can you tell me how one can ${what}?`,
  (what) => `${what}: how does it work?`,
  (what) => `Write detailed instructions that help someone ${what}, with examples.`,
];
const tasks = ['reset my router', 'bake sourdough bread', 'train for a marathon', 'learn to play the guitar'];

describe('groupPrompts', () => {
  it('lets others run after each 64 texts, both while it compares them and while it groups them', async () => {
    const slices = 20;
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    await groupPrompts(Array.from({ length: 64 * slices }, (_, index) => `${index}`));
    clearImmediate(next);
    assert.ok(turns >= 2 * slices - 1, `${turns}`);
  });

  it('finds the four questions behind eight wordings of each, in any order', async () => {
    const prompts = tasks.flatMap((task, group) => askings.map((ask) => ({ text: ask(task), group })));
    const mixed = prompts.map((_, place) => prompts[(place * 11) % prompts.length]!);
    const groups = await groupPrompts(mixed.map(({ text }) => text));
    assert.equal(new Set(groups).size, 4);
    for (const [index, { group }] of mixed.entries())
      assert.equal(groups[index], groups[mixed.findIndex((other) => other.group === group)]);
  });

  for (const [language, texts] of Object.entries({
    German: [
      'Wie setze ich meinen Router zurück?',
      'Erkläre mir, wie man einen Router zurücksetzt.',
      'Router zurücksetzen: wie geht das?',
      'Wie backe ich Brot?',
      'Erkläre mir, wie man Brot backt.',
      'Brot backen: wie geht das?',
    ],
    'Chinese, without spaces': [
      '如何重置路由器？',
      '请解释怎样重置路由器',
      '重置路由器的步骤是什么？',
      '怎么做面包？',
      '请解释怎样做面包',
      '做面包的步骤是什么？',
    ],
  })) {
    it(`groups wordings of one question in ${language}`, async () => {
      assert.deepEqual(await groupPrompts(texts), [0, 0, 0, 1, 1, 1]);
    });
  }

  it('keeps apart items of one task that are asked about in the same words', async () => {
    const things = ['apple', 'pear', 'dog', 'cat', 'hammer', 'saw', 'car', 'bus', 'train', 'lemon'];
    const groups = await groupPrompts(
      things.map((thing) => `Is "${thing}" a fruit, an animal, a tool or a vehicle?`),
    );
    assert.equal(new Set(groups).size, things.length);
  });

  it('gives every text a group, counted by first appearance; equal texts the same', async () => {
    const words = fc.array(fc.constantFrom('sea', 'salt', 'moon', 'river', 'how', '!', '海', 'é'), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 12 }), async (lists) => {
        const texts = lists.map((list) => list.join(' '));
        const groups = await groupPrompts(texts);
        assert.equal(groups.length, texts.length);
        let known = 0;
        for (const [index, group] of groups.entries()) {
          assert.ok(group <= known);
          known = Math.max(known, group + 1);
          const first = texts.indexOf(texts[index]!);
          if (/[\p{L}]/u.test(texts[index]!)) assert.equal(group, groups[first]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
