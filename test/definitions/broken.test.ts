import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trainers } from '../../activities/trainers/index.ts';
import { loadSettings } from '../../configs/load.ts';
import { loadDefinition } from '../../definitions/load.ts';
import type { Checked } from '../../definitions/documents/problem.ts';
import { sampleContext } from './sample-catalogue.ts';

interface BrokenCase {
  /** A definition, or a folder laid over the project's own configs and texts. */
  readonly case: string;
  /** `file:line:column CODE`, sorted. */
  readonly problems: readonly string[];
}

const project = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(project, 'test/fixtures/broken');
const cases: readonly BrokenCase[] = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8'));

function assertProblems(checked: Checked<unknown>, expected: readonly string[]): void {
  const problems = checked.ok ? [] : checked.problems;
  const found = problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
  assert.deepEqual(found, expected);
  for (const { message, advice } of problems) assert.ok(message.length > 10 && advice.length > 5, message);
}

describe('broken definitions', () => {
  for (const { case: file, problems } of cases.filter((broken) => broken.case.startsWith('definitions/')))
    it(`${file} is refused at the right place`, async () => {
      assertProblems(await loadDefinition(fixtures, file, sampleContext), problems);
    });
});

describe('broken configs and texts', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prose-broken-'));
    for (const folder of ['configs', 'model_input'])
      cpSync(join(project, folder), join(root, folder), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  for (const { case: folder, problems } of cases.filter((broken) => !broken.case.startsWith('definitions/')))
    it(`${folder} is refused at the right place`, async () => {
      cpSync(join(fixtures, folder), root, { recursive: true });
      assertProblems(await loadSettings(root, {}, trainers), problems);
    });
});
