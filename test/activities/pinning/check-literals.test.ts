import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activities, activityCatalogue } from '../../../activities/index.ts';
import { checkLiterals } from '../../../activities/pinning/check-literals.ts';
import { loadDefinitionText } from '../../../definitions/load.ts';

describe('what is literal in a definition', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'prose-literals-'));
    writeFileSync(join(root, 'ask.txt'), '=== user ===\n{{base_prompt}}\n');
    writeFileSync(join(root, 'wrong.txt'), '=== usr ===\n{{base_prompt}}\n');
  });
  after(() => rmSync(root, { recursive: true }));

  async function find(tasks: string): Promise<readonly string[]> {
    const text = `name: x\nparams: { table: { type: string, default: a } }\ntasks:\n${tasks}`;
    const checked = loadDefinitionText(text, 'x.yaml', { catalogue: activityCatalogue() });
    assert.ok(checked.ok, JSON.stringify(checked));
    const problems = await checkLiterals(checked.value, activities, root, ['base_prompts']);
    return problems.map(({ code, line, path }) => `${line} ${path} ${code}`);
  }

  const sql = (input: string): string => `  q: { activity: sql, with: { ${input} } }\n`;
  const generate = (input: string): string =>
    `  g: { activity: generate, with: { role: main_model, ${input} } }\n`;

  it('is found wrong before a run: queries, tables, files, texts and columns of keys', async () => {
    for (const [tasks, expected] of [
      [sql("query: 'selct 1'"), '4 tasks.q.with.query SQL_INVALID'],
      [sql("query: 'select * from base_promts'"), '4 tasks.q.with.query UNKNOWN_TABLE'],
      [sql("query: 'select 1', into: base_prompts"), '4 tasks.q.with.into RESERVED_NAME'],
      [sql("query: 'select * from x', files: { x: none.csv }"), '4 tasks.q.with.files.x FILE_MISSING'],
      [
        generate('from: base_prompts, key: [base_prompt_idx], text: none.txt, into: mine'),
        '4 tasks.g.with.text FILE_MISSING',
      ],
      [
        generate('from: base_prompts, key: [base_prompt_idx], text: wrong.txt, into: mine'),
        '4 tasks.g.with.text MISSING_SECTION',
      ],
      [
        generate('from: base_prompts, key: [idx], text: ask.txt, into: mine'),
        '4 tasks.g.with.key[0] UNKNOWN_FIELD',
      ],
      [
        generate('from: base_prompts, key: [base_prompt_idx], text: ask.txt, into: prompts'),
        '4 tasks.g.with.into RESERVED_NAME',
      ],
    ] as const)
      assert.deepEqual(await find(tasks), [expected]);
  });

  it('is right where a task writes the table, a query makes it, or an expression names it', async () => {
    for (const tasks of [
      sql("query: 'with own as (select 1) select * from own, base_prompts where run = $run'"),
      `${sql("query: 'select 1 as n', into: made")}  r: { needs: [q], activity: sql, with: { query: 'select * from made' } }\n`,
      `${sql("query: 'select 1 as n', into: '${ params.table }'")}  r: { needs: [q], activity: sql, with: { query: 'select * from made' } }\n`,
      sql('query: "select * from read_csv(\'x.csv\')"'),
      sql("query: 'select * from ${ params.table }'"),
      generate('from: base_prompts, key: [base_prompt_idx, run], text: ask.txt, into: mine'),
    ])
      assert.deepEqual(await find(tasks), []);
  });
});
