import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readPromptsFile,
  type UserPrompt,
} from '../../../../activities/stages/1-base-prompts/prompts-file.ts';
import { createStore } from '../../../../activities/store/create-store.ts';
import type { Store } from '../../../../activities/store/store.ts';

describe('readPromptsFile', () => {
  let root: string;
  let store: Store;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'prose-prompts-'));
    store = await createStore({ root });
  });
  after(async () => {
    await store.close();
    rmSync(root, { recursive: true });
  });
  const readFile = async (name: string, content: string | Buffer): ReturnType<typeof readPromptsFile> => {
    writeFileSync(join(root, name), content);
    return readPromptsFile(name, store);
  };
  const read = async (name: string, content: string): Promise<readonly UserPrompt[]> =>
    (await readFile(name, content)).prompts;
  const texts = ['how do bees fly', 'why is the sky blue', 'what is yeast, really', 'who built Petra'];

  it('reads one prompt a line of a text file, each that asks for something else a topic of its own', async () => {
    const prompts = await read('own.txt', `${texts.join('\n')}\n\n  \n`);
    assert.deepEqual(
      prompts,
      texts.map((prompt) => ({ prompt, topic: prompt })),
    );
  });

  it('reads the columns prompt and topic of CSV, JSONL and Parquet alike', async () => {
    const expected = texts.map((prompt, index) => ({ prompt, topic: `topic ${index}` }));
    const csv = ['topic,prompt', ...expected.map(({ prompt, topic }) => `${topic},"${prompt}"`)].join('\n');
    assert.deepEqual(await read('own.csv', csv), expected);
    assert.deepEqual(
      await read('own.jsonl', expected.map((row) => JSON.stringify(row)).join('\n')),
      expected,
    );
    await store.exportQuery(
      'select * from read_csv_auto($path, header = true)',
      { path: join(root, 'own.csv') },
      'own.parquet',
    );
    assert.deepEqual((await readPromptsFile('own.parquet', store)).prompts, expected);
  });

  it('keeps every other column, with its types and exact numbers, of CSV, JSONL and Parquet', async () => {
    const rows = texts.map(
      (prompt, k) => `{"prompt":"${prompt}","topic":"t${k}","expected":"e${k}","id":9007199254740993}`,
    );
    const fields = (k: number): string => `{"expected":"e${k}","id":9007199254740993}`;
    assert.deepEqual(
      (await read('answers.jsonl', rows.join('\n'))).map((one) => one.fields),
      texts.map((_, k) => fields(k)),
    );
    await store.exportQuery(
      'select prompt, topic, expected, id::bigint as id from read_json_auto($path)',
      { path: join(root, 'answers.jsonl') },
      'answers.parquet',
    );
    const { prompts } = await readPromptsFile('answers.parquet', store);
    assert.deepEqual(
      prompts.map((one) => one.fields),
      texts.map((_, k) => fields(k)),
    );
    const csv = ['prompt,Expected Answer,empty', ...texts.map((text) => `"${text}",0042,`)].join('\n');
    assert.deepEqual(
      (await read('answers.csv', csv)).map((one) => one.fields),
      texts.map(() => '{"Expected Answer":"0042"}'),
    );
  });

  it('takes a prompt with another value in a column that the model is sent for another prompt', async () => {
    writeFileSync(
      join(root, 'context.csv'),
      [
        'prompt,topic,context',
        ...texts.map((text, k) => `Which one?,t${k},"${text}"`),
        'Which one?,t0,"how do bees fly"',
      ].join('\n'),
    );
    const { prompts, counts } = await readPromptsFile('context.csv', store, ['context']);
    assert.deepEqual([prompts.length, counts.repeatedCount], [4, 1]);
    await assert.rejects(readPromptsFile('context.csv', store, ['contxt']), { code: 'MISSING_COLUMN' });
  });

  it('takes 2² for another thing than 22, and one letter in two spellings for one', async () => {
    const rows = ['What is 2²?', 'What is 22?', 'What is ½?', 'Caf\u00E9 or tea?', 'Cafe\u0301 or tea?'];
    writeFileSync(
      join(root, 'signs.csv'),
      ['prompt,topic', ...rows.map((text, k) => `${text},t${k}`)].join('\n'),
    );
    const { prompts, counts } = await readPromptsFile('signs.csv', store);
    assert.deepEqual([prompts.length, counts.repeatedCount], [4, 1]);
  });

  it('reads semicolons, and commas inside a single column', async () => {
    const rows = texts.map((text) => `"${text}"`).join('\n');
    assert.equal((await read('single.csv', `prompt\n${rows}\n`)).length, 4);
    const semicolons = await read(
      'semicolons.csv',
      `prompt;topic\n${texts.map((text, k) => `"${text}";t${k}`).join('\n')}\n`,
    );
    assert.deepEqual(semicolons[2], { prompt: 'what is yeast, really', topic: 't2' });
  });

  it('keeps prompts that differ by a word only', async () => {
    const close = [
      'translate it from French to English',
      'translate it from English to French',
      '???',
      '🙂🙂',
      'who built Petra',
    ];
    const prompts = await read('close.txt', close.join('\n'));
    assert.equal(prompts.length, 5);
    // They ask for much the same, so that one may not be learned from and the other tested on.
    assert.equal(prompts[0]?.topic, prompts[1]?.topic);
  });

  it('keeps numbers and empty topics from becoming anything but text', async () => {
    const prompts = await read('numbers.csv', 'prompt,topic\n1,\n2,\n3,\n4,\n');
    assert.deepEqual(prompts[0], { prompt: '1', topic: '1' });
  });

  for (const [what, code, name, content] of [
    ['without the column', 'MISSING_COLUMN', 'none.csv', 'text\na\nb\nc\nd\n'],
    ['that is not JSON', 'NOT_JSON', 'broken.jsonl', '{"prompt": \nnonsense'],
    ['that is not Parquet', 'BAD_PARQUET', 'broken.parquet', 'PAR1 not really'],
    ['with too few prompts', 'BAD_PROMPTS_FILE', 'few.txt', 'one\ntwo\n'],
    [
      'with too few topics',
      'BAD_PROMPTS_FILE',
      'topics.csv',
      `prompt,topic\n${texts.map((text) => `"${text}",same`).join('\n')}\n`,
    ],
    ['that is empty', 'EMPTY_FILE', 'empty.csv', ''],
    ['of an unknown kind', 'UNKNOWN_KIND', 'own.xlsx', 'prompt\na\nb\nc\nd\n'],
    ['that is no text', 'NUL_CHARACTER', 'binary.txt', 'a\0b\nc\nd\ne\n'],
    ['of one prompt over and over', 'BAD_PROMPTS_FILE', 'same.txt', 'the same\n'.repeat(12)],
  ] as const) {
    it(`refuses a file ${what}`, async () => {
      await assert.rejects(read(name, content), { code, retryable: false });
    });
  }

  it('says what became of every row', async () => {
    const { counts } = await readFile('counted.csv', 'prompt,topic\na,1\n\n"",2\nb,3\na ,4\nc,5\nd,6\n');
    assert.deepEqual(counts, { rowCount: 7, emptyCount: 2, repeatedCount: 1 });
  });

  it('finds its columns without regard to case and white space, and names a likely one', async () => {
    const found = await read('cases.csv', ' Prompt ,TOPIC\na,1\nb,2\nc,3\nd,4\n');
    assert.deepEqual(found[0], { prompt: 'a', topic: '1' });
    await assert.rejects(read('near.csv', 'promt\na\n'), (error) => {
      assert.match(String(error), /promt/);
      return true;
    });
  });

  it('refuses a prompt or topic that is no text, by its line', async () => {
    for (const [value, line] of [
      ['{"prompt":5}', 2],
      ['{"prompt":["x"]}', 2],
      ['{"prompt":"A2","topic":{"name":"y"}}', 2],
    ] as const) {
      const content = ['{"prompt":"A"}', value, '{"prompt":"C"}', '{"prompt":"D"}', '{"prompt":"E"}'];
      await assert.rejects(read('mixed.jsonl', content.join('\n')), { code: 'NOT_TEXT', line });
    }
  });

  it('refuses a file that is not there or not in the project', async () => {
    await assert.rejects(readPromptsFile('nowhere.txt', store), { code: 'FILE_MISSING' });
    await assert.rejects(readPromptsFile('nowhere.csv', store), { code: 'FILE_MISSING' });
    await assert.rejects(readPromptsFile('../../etc/passwd', store), { code: 'OUTSIDE_ROOT' });
    await assert.rejects(readPromptsFile('../nothing-there.txt', store), { code: 'OUTSIDE_ROOT' });
  });

  it('refuses a file that a link leads to outside the project', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'prose-elsewhere-'));
    try {
      for (const [name, content] of [
        ['linked.txt', texts.join('\n')],
        ['linked.csv', ['prompt', ...texts.map((text) => `"${text}"`)].join('\n')],
      ] as const) {
        writeFileSync(join(elsewhere, name), content);
        symlinkSync(join(elsewhere, name), join(root, name));
        await assert.rejects(readPromptsFile(name, store), { code: 'OUTSIDE_ROOT' });
      }
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});
