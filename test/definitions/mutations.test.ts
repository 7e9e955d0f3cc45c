/** However a file is broken, it is accepted or refused with a place inside it. `PROSE_MUTATIONS=10000` breaks more of them. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { activityCatalogue } from '../../activities/index.ts';
import { trainers } from '../../activities/trainers/index.ts';
import { loadSettings } from '../../configs/load.ts';
import { listDefinitions } from '../../definitions/loading/files.ts';
import { loadDefinitionText } from '../../definitions/load.ts';
import type { Checked } from '../../definitions/documents/problem.ts';
import { leastCpuMs } from '../support/least-cpu.ts';

const MUTATIONS = Number(process.env['PROSE_MUTATIONS'] ?? 1_000);
/** Of these many are configs, which are read from a folder as a whole. */
const CONFIG_MUTATIONS = Math.round(MUTATIONS / 10);

const project = fileURLToPath(new URL('../..', import.meta.url));

/** One change of a text, of its characters or its lines. */
type Edit = (text: string) => string;

const editOfCharacters = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(12),
    // prettier-ignore
    fc.constantFrom('', '\t', '${', '}', ': ', '- ', '[', '{', '"', "'", '&a ', '*a', '!!x ', '<<: ', '|', '#', 'x', '-1', '1e999', '\n', '\r', '\0', '\uFEFF', '\u202E', '😀', '---\n'),
  )
  .map(([where, cut, put]): Edit => (text) => {
    const at = Math.floor(where * text.length);
    return text.slice(0, at) + put + text.slice(at + cut);
  });

const editOfLines = fc
  .tuple(
    fc.nat(),
    fc.nat(),
    fc.constantFrom('delete', 'double', 'swap', 'indent', 'outdent', 'empty the value'),
  )
  .map(([one, two, how]): Edit => (text) => {
    const lines = text.split('\n');
    const [at, other] = [one % lines.length, two % lines.length];
    const line = lines[at] ?? '';
    if (how === 'delete') lines.splice(at, 1);
    else if (how === 'double') lines.splice(other, 0, line);
    else if (how === 'swap') [lines[at], lines[other]] = [lines[other] ?? '', line];
    else if (how === 'indent') lines[at] = `  ${line}`;
    else if (how === 'outdent') lines[at] = line.replace(/^ {1,2}/, '');
    else lines[at] = line.replace(/:.*/, ':');
    return lines.join('\n');
  });

/** Hostile ones, aimed at the bounds: each a whole text, or what is put into one. */
const bomb = fc.nat(9).chain((kind) =>
  fc.integer({ min: 1, max: 20_000 }).map((size): Edit => (text) => {
    const tasks = (make: (index: number) => string): string =>
      `name: x\ntasks:\n${Array.from({ length: Math.min(size, 3_000) }, (_, index) => `  t${index}: { ${make(index)} }\n`).join('')}`;
    const bombs: readonly (() => string)[] = [
      () =>
        `a: &a [x, x]\n${Array.from({ length: size % 120 }, (_, index) => `b${index}: &b${index} [${index === 0 ? '*a, *a' : `*b${index - 1}, *b${index - 1}`}]\n`).join('')}`,
      () => text.replace(/name: .*/, `name: ${'x'.repeat(size * 40)}`),
      () => `${text}\n? ${'k'.repeat(size * 40)}\n`,
      () => `${text}\nx: ${'['.repeat(size)}${']'.repeat(size)}\n`,
      () =>
        `name: x\n${Array.from({ length: size % 300 }, (_, depth) => `${' '.repeat(depth)}tasks:\n`).join('')}`,
      () =>
        tasks(
          (index) => `activity: noop, ${index === 0 ? '' : `needs: [t${index - 1}], `}with: { value: 1 }`,
        ),
      () => tasks((index) => `activity: noop, needs: [x${index}], foo: '\${ tasks.y${index} }'`),
      () =>
        text.replaceAll(
          /\d+/g,
          () => ['9'.repeat(400), '-0', '1e308', '0x10', '.5', '1_000', 'NaN'][size % 7] ?? '',
        ),
      () =>
        text.replaceAll('a', ['\u0000', '\uD800', '\u202E', '\uFEFF', 'e\u0301', '\u2028'][size % 6] ?? ''),
      () => text.replaceAll('}', `} # ${'${'.repeat(size)}`),
    ];
    return bombs[kind]?.() ?? text;
  }),
);

const edits = fc.array(
  fc.oneof(
    { arbitrary: editOfCharacters, weight: 6 },
    { arbitrary: editOfLines, weight: 6 },
    { arbitrary: bomb, weight: 1 },
  ),
  { minLength: 1, maxLength: 4 },
);

/** One of these files, with its text changed. */
function mutationOf(
  files: readonly string[],
): fc.Arbitrary<{ readonly file: string; readonly text: string }> {
  return fc.tuple(fc.constantFrom(...files), edits).map(([file, changes]) => {
    const original = readFileSync(join(project, file), 'utf8');
    // A longer file is not read.
    return { file, text: changes.reduce((text, edit) => edit(text).slice(0, 1_000_000), original) };
  });
}

/** Every problem says where it is, what is wrong and what would be right. */
function assertTold(
  checked: Checked<unknown>,
  mutated: { readonly file: string; readonly text: string },
): void {
  if (checked.ok) return;
  assert.ok(checked.problems.length > 0);
  const lines = mutated.text.split(/\r\n|\n|\r/);
  for (const { file, line, column, message, advice, code } of checked.problems) {
    assert.ok(message !== '' && advice !== '' && /^[A-Z_]+$/.test(code));
    assert.doesNotMatch(message, /\n\s+at /);
    if (file !== mutated.file) continue;
    assert.ok(line >= 1 && line <= lines.length + 1, `line ${line} of ${lines.length}`);
    assert.ok(
      column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 2,
      `column ${column} of line ${line}`,
    );
  }
}

/** Checking a file may not hold up others, whatever is in it: for so many times what the longest of ours takes, at most. */
const MOST_TIMES = 50;

describe('a file of which something was changed at random', function () {
  this.timeout(60_000 + 100 * MUTATIONS);

  it('is accepted or refused at a place in it, as a definition', async () => {
    const context = { catalogue: activityCatalogue(), queues: ['prose', 'gpu-main'] };
    const files = await listDefinitions(project);
    const check = (text: string, file: string): (() => void) => {
      return () => assertTold(loadDefinitionText(text, file, context), { text, file });
    };
    const longest = files
      .map((file) => ({ file, text: readFileSync(join(project, file), 'utf8') }))
      .toSorted((one, other) => other.text.length - one.text.length)[0];
    assert.ok(longest);
    const most = MOST_TIMES * leastCpuMs(0, check(longest.text, longest.file));
    let slowest = 0;
    fc.assert(
      fc.property(mutationOf(files), ({ file, text }) => {
        const taken = leastCpuMs(most, check(text, file));
        slowest = Math.max(slowest, taken);
        assert.ok(taken <= most, `${taken} ms of CPU, where ${most} are the most`);
      }),
      { numRuns: MUTATIONS - CONFIG_MUTATIONS },
    );
    if (process.env['PROSE_MUTATIONS'] !== undefined)
      process.stderr.write(`      slowest ${slowest} ms of CPU, where ${most} are the most\n`);
  });

  it('is accepted or refused at a place in it, as a config or text', async () => {
    const root = mkdtempSync(join(tmpdir(), 'prose-mutations-'));
    const folders = ['configs', 'model_input'];
    for (const folder of folders) cpSync(join(project, folder), join(root, folder), { recursive: true });
    const files = folders.flatMap((folder) =>
      readdirSync(join(project, folder))
        .filter((name) => /\.(yaml|txt)$/.test(name))
        .map((name) => `${folder}/${name}`),
    );
    await fc.assert(
      fc.asyncProperty(mutationOf(files), async (mutated) => {
        const original = readFileSync(join(project, mutated.file));
        writeFileSync(join(root, mutated.file), mutated.text);
        try {
          assertTold(await loadSettings(root, {}, trainers), mutated);
        } finally {
          writeFileSync(join(root, mutated.file), original);
        }
      }),
      { numRuns: CONFIG_MUTATIONS },
    );
    rmSync(root, { recursive: true });
  });
});
