/** The page of problems and their codes say the same, and its examples are what they say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { activityCatalogue } from '../../activities/index.ts';
import { PROBLEM_CODES } from '../../definitions/documents/problem-codes.ts';
import { loadDefinitionText } from '../../definitions/load.ts';

const page = readFileSync(new URL('../../definitions/problems.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|?$/g, '').trim()));

describe('the page of problems', () => {
  it('has every code once, in alphabetical order, with its meaning and an example', () => {
    assert.deepEqual(
      rows.map(([code]) => code),
      [...PROBLEM_CODES].toSorted().map((code) => `\`${code}\``),
    );
    for (const [code, meaning, example] of rows) assert.ok(meaning && example, code);
  });

  const context = {
    catalogue: activityCatalogue(),
    queues: ['prose'],
    definitions: new Map([['sample', { params: {}, calls: [], outputs: {} }]]),
    definitionNames: ['sample'],
  };
  const examples = rows.filter(([, , example = '']) => /^`(tasks|params|schedule|outputs):/.test(example));
  assert.ok(examples.length > 40);
  for (const [code = '', , example = ''] of examples)
    it(`shows ${code} by a definition that has it`, () => {
      const text = `name: sample\n${example.slice(1, -1).split(' ⏎ ').join('\n')}\n`;
      const checked = loadDefinitionText(text, 'definitions/sample.yaml', context);
      const problems = checked.ok ? checked.warnings : checked.problems;
      assert.ok(
        problems.some((problem) => `\`${problem.code}\`` === code),
        problems.map((problem) => problem.code).join(),
      );
    });
});
