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
      'Erkläre Photosynthese',
      'Erklaere Photosynthese',
      'Explica la fotosíntesis',
      'Résume ce texte pour un enfant',
      'Wyjaśnij fotosyntezę',
      '光合作用について教えてください',
      'اشرح التمثيل الضوئي',
      'प्रकाश संश्लेषण समझाओ',
    ])
      assert.ok(isRequest(request), request);
  });

  it('tells a short text by the language of those around it', () => {
    const english = 'How do I bake bread at home?\nWhat is the best way to learn the guitar?';
    for (const heading of ['Machine Learning Basics', 'take a product', 'Introduction to Cooking'])
      assert.ok(!isRequest(heading, english));
    assert.ok(isRequest('Machine Learning Basics', 'Wie backe ich zu Hause ein Brot und was brauche ich?'));
    assert.ok(isRequest('Erkläre Photosynthese', english));
  });

  it('knows headings, statements and single words', () => {
    for (const other of [
      'The Basics',
      'Volcanoes',
      '…',
      '',
      'Vaccines train the immune system and your body remembers.',
    ])
      assert.ok(!isRequest(other), other);
  });
});
