import assert from 'node:assert/strict';
import { isRequest } from '../../../activities/wording/request.ts';
import { requestPatterns } from '../../../deploy/model-server/world/request-patterns.ts';

describe('isRequest', () => {
  it('knows requests as people type them', () => {
    for (const request of [
      ...requestPatterns.map((pattern) => pattern.replace('{a}', 'sourdough bread').replace('{b}', 'yeast')),
      'how do vaccines work',
      'Explain photosynthesis',
      'cheap vegan dinner ideas for kids',
      'best laptop for students with a small budget',
      'My cat keeps sneezing. What should I do?',
      'I want to learn the guitar at home',
      'Was macht man in Berlin an einem Sonntag',
      '请介绍一下火山的形成过程',
      'อธิบายวิธีทำชาเขียว',
    ])
      assert.ok(isRequest(request), request);
  });

  it('knows headings, statements and single words', () => {
    for (const other of [
      'The Basics',
      'take a product',
      'Volcanoes',
      '…',
      '',
      'Introduction to Cooking',
      'Vaccines train the immune system and your body remembers.',
    ])
      assert.ok(!isRequest(other), other);
  });
});
