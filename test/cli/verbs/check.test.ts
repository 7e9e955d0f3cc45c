import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOMParser } from 'linkedom';
import type { ArmMetrics, Metrics } from '../../../activities/report/metrics.ts';
import { createStore } from '../../../activities/store/create-store.ts';
import { promoteVersion, writeModelVersion } from '../../../activities/store/model-registry.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';
import { sampleMetrics } from '../../activities/report/sample-metrics.ts';
import { captureCli, type Captured } from '../captured-cli.ts';

interface Outcome {
  readonly passed: boolean;
  readonly requirements: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly found: string;
  }[];
}

const [ranker] = sampleMetrics.arms as readonly [ArmMetrics, ...ArmMetrics[]];

describe('prose check', () => {
  let root: string;

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'prose-check-')));
    for (const folder of ['definitions', 'configs'])
      await cp(join(packageRoot, folder), join(root, folder), { recursive: true });
  });
  after(() => rm(root, { recursive: true, force: true }));

  const prose = (...args: string[]): Promise<Captured> => captureCli(['check', ...args], { cwd: root });

  async function evaluated(run: string, change: Partial<Metrics> = {}): Promise<void> {
    const folder = join(root, 'results', 'evaluations', run);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'metrics.json'), JSON.stringify({ ...sampleMetrics, ...change, run }));
  }

  const withArm = (change: Partial<ArmMetrics>): Partial<Metrics> => ({ arms: [{ ...ranker, ...change }] });

  /** Passed or not, and the names of what was not met. */
  async function check(...args: string[]): Promise<[exitCode: number, ...failed: string[]]> {
    const { exitCode, stdout } = await prose(...args, '--json');
    const { requirements } = JSON.parse(stdout) as Outcome;
    return [exitCode, ...requirements.filter(({ passed }) => !passed).map(({ name }) => name)];
  }

  it('passes a proven gain, and ends with 4 where none is proven', async () => {
    await evaluated('proven');
    assert.deepEqual(await check('proven'), [0]);
    await evaluated('unproven', withArm({ gain: { mean: 0.1, low: -0.05, high: 0.25, pHolm: 0.2 } }));
    assert.deepEqual(await check('unproven'), [4, 'better']);
  });

  it('passes what is surely no worse than allowed, and no more than that', async () => {
    await evaluated('alike', withArm({ gain: { mean: 0.02, low: -0.08, high: 0.12, pHolm: 0.7 } }));
    assert.deepEqual(await check('alike', '--no-worse', '0.1'), [0]);
    assert.deepEqual(await check('alike', '--no-worse', '0.08'), [4, 'no worse']);
    assert.deepEqual(await check('alike', '--no-worse', '0.05'), [4, 'no worse']);
  });

  it('does not pass what is proven worse by one criterion, taught judges, too few topics, or no test', async () => {
    const criteria = ranker.criteria.map((one, index) =>
      index === 1 ? { ...one, gain: { mean: -0.4, low: -0.6, high: -0.2 } } : one,
    );
    await evaluated('traded', withArm({ criteria }));
    assert.deepEqual(await check('traded'), [4, 'nothing proven worse']);
    await evaluated('taught', { judges: { validators: [1, 2], areUnheard: false } });
    assert.deepEqual(await check('taught', '--no-worse', '1'), [4, 'can tell', 'no worse']);
    await evaluated('small', { counts: { ...sampleMetrics.counts, testTopics: 4 } });
    assert.deepEqual(await check('small'), [4, 'can tell', 'better']);
    const atEnd = { meanScore: 5, gain: { mean: 0, low: -0.01, high: 0.01, pHolm: 1 } };
    await evaluated('at-end', {
      ...withArm(atEnd),
      baseline: { ...sampleMetrics.baseline, meanScore: 5 },
    });
    assert.deepEqual(await check('at-end', '--no-worse', '0.1'), [4, 'can tell', 'no worse']);
    await evaluated('untested', { arms: [], verdict: { kind: 'no gain', arm: null, sentence: 'Nothing.' } });
    assert.deepEqual(await check('untested'), [4, 'can tell']);
  });

  it('writes JUnit XML and Markdown that hostile names cannot break', async () => {
    const name = 'x"><|`]]>&\u001B[2J\n<b>';
    await evaluated('hostile', { ...withArm({ name }), verdict: { ...sampleMetrics.verdict, arm: name } });
    const { exitCode, stdout } = await prose('hostile', '--junit', 'a.xml', '--markdown', 'a.md');
    assert.equal(exitCode, 0);
    assert.ok(!stdout.includes('\u001B'));
    const xml = await readFile(join(root, 'a.xml'), 'utf8');
    const document = new DOMParser().parseFromString(xml, 'text/xml');
    assert.equal(document.querySelectorAll('testcase').length, 3);
    assert.equal(document.querySelectorAll('b, failure').length, 0);
    const markdown = await readFile(join(root, 'a.md'), 'utf8');
    assert.equal(markdown.match(/^\| ✅ /gmu)?.length, 3);
    for (const sign of ['<b>', '`', '\u001B']) assert.ok(!markdown.includes(sign), sign);
  });

  it('counts what failed in the JUnit XML, and adds to a Markdown file that is there', async () => {
    await evaluated('failing', withArm({ gain: { mean: -0.1, low: -0.2, high: 0, pHolm: 0.2 } }));
    await writeFile(join(root, 'b.md'), '# Before\n');
    await prose('failing', '--junit', 'b.xml', '--markdown', 'b.md');
    const document = new DOMParser().parseFromString(await readFile(join(root, 'b.xml'), 'utf8'), 'text/xml');
    assert.equal(document.querySelector('testsuites')?.getAttribute('failures'), '1');
    assert.equal(document.querySelectorAll('failure').length, 1);
    assert.match(await readFile(join(root, 'b.md'), 'utf8'), /^# Before\n[^]*❌/u);
  });

  it('refuses points that are none, and runs that are not there', async () => {
    for (const points of ['', 'a', '-1', 'Infinity'])
      assert.equal((await prose('proven', '--no-worse', points)).exitCode, 2, points);
    assert.equal((await prose('nosuch')).exitCode, 2);
    assert.equal((await prose('proven', '--against', 'nosuch')).exitCode, 2);
  });

  describe('against another run', () => {
    /** A run that tested 24 prompts of 8 topics, in its own order of indices, with the same score for each. */
    async function tested(run: string, score: number, prompt = 'question'): Promise<void> {
      await evaluated(run, { judges: { validators: [3], areUnheard: true } });
      const store = await createStore({ root });
      try {
        const query = `
          select '${run}' as run, (n * 7 + length('${run}')) % 24 as base_prompt_idx, 'ranker' as arm, 0 as sample_idx,
            validator, 'topic ' || n % 8 as topic, '${prompt} ' || n as base_prompt, '' as prompt, 'answer' as model_output,
            ${[1, 2, 3, 4, 5].map((criterion) => `${score} + (n % 3) * 0.1 as criteria_${criterion}`).join(', ')}, null as error
          from range(24) as prompts(n), range(1, 4) as validators(validator)`;
        await store.exportQuery(query, {}, `results/evaluations/${run}/test_results.parquet`);
      } finally {
        await store.close();
      }
    }

    before(async () => {
      await tested('first', 3);
      await tested('second', 3.4);
      await tested('elsewhere', 3, 'other question');
    });

    it('compares prompt by prompt, however they are numbered', async () => {
      assert.deepEqual(await check('second', '--against', 'first'), [0]);
      assert.deepEqual(await check('first', '--against', 'second', '--no-worse', '0.3'), [
        4,
        'no worse',
        'nothing proven worse',
      ]);
      const { requirements } = JSON.parse(
        (await prose('second', '--against', 'first', '--json')).stdout,
      ) as Outcome;
      assert.match(requirements[0]?.found ?? '', /\+0\.40 .* of first on 24 prompts of 8 topics/u);
    });

    it('finds a run no worse than itself, and the run of the champion by its name', async () => {
      assert.deepEqual(await check('first', '--against', 'first', '--no-worse', '0'), [4, 'no worse']);
      assert.deepEqual(await check('first', '--against', 'first', '--no-worse', '0.01'), [0]);
      assert.equal((await prose('second', '--against', 'champion')).exitCode, 2);
      const store = await createStore({ root });
      const origin = { trainer: 'ranker', run: 'first', settingsDigest: '', seed: 0, parents: [], data: {} };
      const role = 'prompt_optimization';
      await writeModelVersion(store, { role, version: 'v1', ...origin, simulated: true }, {});
      await promoteVersion(store, role, 'v1', 'first');
      await store.close();
      assert.deepEqual(await check('second', '--against', 'champion'), [0]);
    });

    it('refuses what is not of one scale: no prompt in common, or other models as judges', async () => {
      const apart = await prose('second', '--against', 'elsewhere');
      assert.equal(apart.exitCode, 2, apart.stderr);
      assert.match(apart.stderr, /no prompt in common/u);
      await evaluated('judged-otherwise', {
        validators: sampleMetrics.validators.map((one) => ({ ...one, model: 'other' })),
        judges: { validators: [3], areUnheard: true },
      });
      assert.match((await prose('second', '--against', 'judged-otherwise')).stderr, /not of one scale/u);
    });
  });
});
