import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readWording } from '../../../activities/wording/read-wording.ts';
import { findLeak, wordRunsOf } from '../../../activities/wording/leak-check.ts';
import { keepDistinct, wordSimilarity } from '../../../activities/wording/near-duplicates.ts';
import { countWords, splitUnspaced, wordsOf } from '../../../activities/wording/words.ts';

const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });

/** The same three requests, two of them nearly alike, an answer to the first, and its first words. */
const languages = {
  English: {
    requests: [
      'Please tell me in plain words how to make good green tea at home',
      'Please tell me in plain words how to make good black tea at home',
      'Write a poem about rain',
    ],
    answer: 'Heat fresh water to eighty degrees and pour it slowly over two spoons of the leaves',
  },
  Chinese: {
    requests: [
      '请用简单的话告诉我在家里怎么泡一杯好喝的绿茶',
      '请用简单的话告诉我在家里怎么泡一杯好喝的红茶',
      '写一首关于雨的诗',
    ],
    answer: '把新鲜的水加热到八十度然后慢慢地倒在两勺茶叶上面等三分钟再喝',
  },
  Japanese: {
    requests: [
      '家で美味しい緑茶を入れる方法を簡単な言葉で教えてください',
      '家で美味しい紅茶を入れる方法を簡単な言葉で教えてください',
      '雨についての詩を書いて',
    ],
    answer: '新鮮な水を八十度まで温めて茶葉二杯の上にゆっくり注ぎ三分待ってから飲みます',
  },
  Thai: {
    requests: [
      'ช่วยบอกวิธีชงชาเขียวให้อร่อยที่บ้านด้วยคำพูดง่ายๆ',
      'ช่วยบอกวิธีชงชาเขียวให้อร่อยที่บ้านด้วยคำพูดสั้นๆ',
      'เขียนบทกวีเกี่ยวกับฝน',
    ],
    answer: 'ต้มน้ำสะอาดให้ร้อนแปดสิบองศาแล้วค่อยๆ เทลงบนใบชาสองช้อนรอสามนาทีแล้วดื่ม',
  },
  Hindi: {
    requests: [
      'कृपया मुझे सरल शब्दों में घर पर अच्छी हरी चाय बनाने का तरीका बताओ',
      'कृपया मुझे सरल शब्दों में घर पर अच्छी काली चाय बनाने का तरीका बताओ',
      'बारिश के बारे में एक कविता लिखो',
    ],
    answer: 'ताज़ा पानी को अस्सी डिग्री तक गरम करें और धीरे से दो चम्मच पत्तियों पर डालें',
  },
  Tamil: {
    requests: [
      'தயவு செய்து எளிய சொற்களில் வீட்டில் நல்ல பச்சை தேநீர் செய்யும் முறையை எனக்கு விரிவாக சொல்லுங்கள்',
      'தயவு செய்து எளிய சொற்களில் வீட்டில் நல்ல கருப்பு தேநீர் செய்யும் முறையை எனக்கு விரிவாக சொல்லுங்கள்',
      'மழை பற்றி ஒரு கவிதை எழுது',
    ],
    answer: 'புதிய தண்ணீரை எண்பது டிகிரி வரை சூடாக்கி இரண்டு கரண்டி இலைகள் மீது மெதுவாக ஊற்றவும்',
  },
} as const;

describe('words', () => {
  it('are of English what stands between spaces and punctuation', () => {
    fc.assert(
      fc.property(ascii, (text) => {
        assert.deepEqual(wordsOf(text), text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
        assert.equal(countWords(text), text.split(/\s+/).filter(Boolean).length);
      }),
    );
  });

  it('are the same however a letter is spelled', () => {
    assert.deepEqual(wordsOf('Cafe\u0301 ＡＢＣ'), ['caf\u00e9', 'abc']);
  });

  it('keep their vowel signs, accents and joiners', () => {
    assert.deepEqual(wordsOf('हिन्दी में, தமிழ்! می\u200cخواهم'), ['हिन्दी', 'में', 'தமிழ்', 'می\u200cخواهم']);
  });

  it('are found where nothing stands between them', () => {
    assert.deepEqual(wordsOf('火山是山。Python代码'), ['火山', '是', '山', 'python', '代码']);
    assert.equal(countWords('火山是山'), 3);
    assert.equal(countWords('สวัสดีชาวโลก, hello world!'), 5);
  });

  it('are found in any text without trouble, and are not invented', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        for (const word of wordsOf(text)) assert.ok(text.normalize('NFKC').toLowerCase().includes(word));
        assert.ok(countWords(text) >= text.split(/\s+/).filter(Boolean).length);
      }),
    );
  });
});

for (const [language, { requests, answer }] of Object.entries(languages)) {
  const [first, second, other] = requests;
  describe(`prompts in ${language}`, () => {
    it('that differ in one word are near duplicates, and others are not', () => {
      assert.deepEqual(
        keepDistinct(requests, (text) => text),
        [first, other],
      );
      assert.ok(wordSimilarity(first, second) >= 0.8 && wordSimilarity(first, other) < 0.4);
    });

    it('that copy an answer leak, and those that share a few words with it do not', () => {
      assert.ok(findLeak(`${other} ${answer}`, first, [wordRunsOf([answer])]));
      const few = wordsOf(answer).slice(0, 4).join(' ');
      assert.equal(findLeak(`${other} ${few}`, first, [wordRunsOf([answer])]), null);
    });

    it('are measured in words', () => {
      const { words, content } = readWording(first);
      assert.ok(words.length >= 9 && words.length <= 25, words.join('|'));
      assert.ok(content.size >= 4, [...content].join('|'));
      assert.ok(Math.abs(countWords(first) - words.length) <= 2);
      assert.ok(readWording(`${first}${answer}`).words.length > 1.5 * words.length);
    });
  });
}

describe('readWording', () => {
  it('counts the sentences of scripts that end them otherwise', () => {
    assert.equal(readWording('火山是什么？请解释一下。谢谢！').sentences, 3);
    assert.equal(readWording('चाय कैसे बनती है। मुझे बताओ।').sentences, 2);
    assert.equal(readWording('What is rain? Tell me.').sentences, 2);
  });

  it('of a text in two scripts are counted as each has them', () => {
    assert.equal(countWords('绿茶 a well-known don’t 3.5'), countWords('绿茶') + 4);
    assert.deepEqual(splitUnspaced('well-known'), ['well-known']);
    assert.equal(countWords(' \n '), 0);
  });
});
