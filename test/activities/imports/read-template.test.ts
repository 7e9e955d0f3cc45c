import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPromptsFile } from '../../../activities/stages/1-base-prompts/prompts-file.ts';
import { readTemplate } from '../../../activities/imports/read-template.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import type { Store } from '../../../activities/store/store.ts';

describe('the template of a task', () => {
  let root: string;
  let store: Store;
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'prose-template-'));
    store = await createStore({ root });
  });
  after(async () => {
    await store.close();
    rmSync(root, { recursive: true });
  });
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(join(root, name), content);
    return name;
  };
  const inputs = [
    'Input,expected,language',
    'The lamp is broken,technical,en',
    'Where is my parcel,shipping,en',
    'Refund me,billing,en',
    'Mon colis,shipping,fr',
  ].join('\n');

  it('makes a prompt of each row, keeps all columns, and groups by what the columns say', async () => {
    const template = await readTemplate(
      write('t.txt', 'Which kind of ticket ({{language}})?\n{{ input }}\n'),
      store,
    );
    const { prompts } = await readPromptsFile(write('in.csv', inputs), store, [], template);
    assert.equal(prompts[0]?.prompt, 'Which kind of ticket (en)?\nThe lamp is broken');
    assert.deepEqual(JSON.parse(prompts[0]?.fields ?? ''), {
      Input: 'The lamp is broken',
      expected: 'technical',
      language: 'en',
    });
    assert.equal(new Set(prompts.map(({ topic }) => topic)).size, 4);
    assert.equal(prompts[3]?.topic, 'fr\nMon colis');
  });

  it('counts rows without an input as empty, and says which column there is not', async () => {
    const template = 'Say: {{input}}';
    const rows = write('gaps.csv', `${inputs}\n,billing,en\n`);
    const { counts } = await readPromptsFile(rows, store, [], template);
    assert.deepEqual(counts, { rowCount: 5, emptyCount: 1, repeatedCount: 0 });
    await assert.rejects(readPromptsFile(rows, store, [], 'Say: {{inputs}}'), {
      code: 'MISSING_COLUMN',
      message: /no column 'inputs', which the template names as \{\{inputs\}\}.*'Input'/u,
    });
  });

  it('is refused where it is not there, no text, names no column, or tells what is expected', async () => {
    for (const [name, what] of [
      ['none.txt', /does not exist/u],
      ['../t.txt', /./u],
      [write('plain.txt', 'Which kind of ticket?'), /names no column/u],
      [write('told.txt', '{{input}} is {{Expected}}'), /\{\{Expected\}\}, which the model is not to know/u],
      [write('latin.txt', Buffer.from([0xe9, 0x7b, 0x7b, 0x61, 0x7d, 0x7d])), /no UTF-8/u],
      [write('large.txt', `{{input}}${'x'.repeat(100_000)}`), /100000 are the most/u],
    ] as const)
      await assert.rejects(readTemplate(name, store), what, name);
  });
});
