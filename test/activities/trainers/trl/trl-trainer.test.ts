import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../../../../activities/activity.ts';
import { ActivityError } from '../../../../activities/attempts/errors.ts';
import type { TrainingPair } from '../../../../activities/trainers/trainer.ts';
import { dpo, sft } from '../../../../activities/trainers/trl/trl-trainer.ts';
import { playTrainer } from '../../../support/played-trainer.ts';

const pair = (index: number, changes: Partial<TrainingPair> = {}): TrainingPair => ({
  basePromptIdx: index,
  topic: `topic ${index % 4}`,
  prompt: `request ${index}`,
  chosen: `request ${index}, in one word`,
  rejected: `hello, request ${index}`,
  probability: 0.9,
  weight: 1,
  ...changes,
});
const pairs = Array.from({ length: 8 }, (_, index) => pair(index));
const heldOut = Array.from({ length: 4 }, (_, index) => pair(100 + index, { topic: `other ${index}` }));

describe('a training of weights', () => {
  let folder: string;
  let python: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prose-trl-'));
    python = await playTrainer(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const beats: Progress[] = [];
  const train = (trainer: typeof sft, how: string, given = pairs, signal = new AbortController().signal) =>
    trainer.train({
      pairs: given,
      heldOut,
      settings: { model_name_or_path: how, lora_r: 8 },
      seed: 7,
      signal,
      heartbeat: (progress) => beats.push(progress),
      files: {
        read: (name) => readFile(join(folder, name), 'utf8').catch(() => undefined),
        write: (name, content) => writeFile(join(folder, name), content),
        folder: () => Promise.resolve(folder),
      },
      machine: {
        root: folder,
        gpus: [],
        environment: (name) => (name === 'PROSE_TRAINER_PYTHON' ? python : process.env[name]),
      },
    });
  const codeOf = (error: unknown): string => (error instanceof ActivityError ? error.code : String(error));

  it('gives the program its rows and effective settings, and keeps what comes of it', async () => {
    const metrics = await train(dpo, 'ends well');
    assert.deepEqual(
      [metrics.trainPairs, metrics.heldOutPairs, metrics.heldOutAccuracy?.value],
      [8, 4, 0.75],
    );
    const asked = JSON.parse(await readFile(join(folder, 'asked.json'), 'utf8'));
    assert.equal(asked.method, 'dpo');
    assert.equal(asked.settings.lora_target_modules, 'all-linear');
    assert.equal(asked.settings.use_cpu, true);
    assert.equal(asked.learned.length, 8);
    const kept = JSON.parse(await readFile(join(folder, 'losses.json'), 'utf8'));
    assert.deepEqual(kept, [
      { step: 1, loss: 2.5 },
      { step: 2, heldOutLoss: 1.5 },
    ]);
    const probes = JSON.parse(await readFile(join(folder, 'probes.json'), 'utf8'));
    assert.deepEqual([probes[0].text, probes[0].untrained, probes[0].tokens > 0], ['new', 'old', true]);
    assert.equal(JSON.parse(await readFile(join(folder, 'training.json'), 'utf8')).libraries.trl, '1');
    assert.deepEqual(beats.at(-2), {
      done: 1,
      total: 2,
      unit: 'steps',
      note: 'loss 2.50, 100 tokens',
    });
  });

  it('teaches sft of each request the wording that comes out of its comparisons best', async () => {
    const lost = pairs.map((one) => ({
      ...one,
      chosen: one.rejected,
      rejected: one.chosen,
      probability: 0.6,
    }));
    await train(sft, 'ends well', [...pairs, ...lost]);
    const { learned } = JSON.parse(await readFile(join(folder, 'asked.json'), 'utf8'));
    assert.deepEqual(
      new Set(learned.map((row: { completion: [{ content: string }] }) => row.completion[0].content)),
      new Set(pairs.map(({ chosen }) => chosen)),
    );
  });

  for (const [how, code, retryable] of [
    ['fails', 'LOSS_NOT_FINITE', false],
    ['is full', 'DISK_FULL', true],
    ['dies', 'TRAINER_ENDED', true],
  ] as const) {
    it(`fails with ${code} where the program ${how}, ${retryable ? 'to be tried again' : 'for good'}`, async () => {
      await assert.rejects(train(sft, how), (error: unknown) => {
        assert.equal(codeOf(error), code);
        assert.equal((error as ActivityError).retryable, retryable);
        return true;
      });
      assert.equal(await readFile(join(folder, 'training.json'), 'utf8').catch(() => undefined), undefined);
    });
  }

  it('teaches dpo of each request what its best wording has beaten, and nothing of those between', async () => {
    const between = pairs.map((one) => ({ ...one, chosen: one.rejected, rejected: 'the worst' }));
    await train(dpo, 'ends well', [...pairs, ...between]);
    const { learned } = JSON.parse(await readFile(join(folder, 'asked.json'), 'utf8'));
    assert.deepEqual(
      new Set(learned.map((row: { chosen: [{ content: string }] }) => row.chosen[0].content)),
      new Set(pairs.map(({ chosen }) => chosen)),
    );
  });

  it('says that memory was short, while it trains and beside the version', async () => {
    const before = beats.length;
    await train(sft, 'shrinks');
    assert.match(beats.slice(before).at(-1)?.note ?? '', /memory was short: 2 rows at once/);
    assert.equal(JSON.parse(await readFile(join(folder, 'training.json'), 'utf8')).microBatch, 2);
  });

  it('goes on where what the program says cannot be kept', async () => {
    await mkdir(join(folder, 'training.log'));
    await train(sft, 'talks');
    assert.equal(JSON.parse(await readFile(join(folder, 'training.json'), 'utf8')).microBatch, 4);
  });

  it('starts nothing where the pairs can teach nothing', async () => {
    const tied = pairs.map((one) => ({ ...one, rejected: one.chosen }));
    await assert.rejects(train(dpo, 'ends well', tied), (error) => codeOf(error) === 'NOTHING_TO_LEARN');
    assert.equal(await readFile(join(folder, 'request.json'), 'utf8').catch(() => undefined), undefined);
  });

  it('says what to install where there is no TRL', async () => {
    await rm(python);
    await assert.rejects(train(sft, 'ends well'), (error) => codeOf(error) === 'NO_TRAINER');
  });

  it('ends the program when it is cancelled', async () => {
    const cancel = new AbortController();
    const training = train(sft, 'stays', pairs, cancel.signal);
    const count = beats.length;
    while (beats.length < count + 2) await new Promise((resolve) => setTimeout(resolve, 20));
    cancel.abort(new Error('cancelled'));
    await assert.rejects(training, /cancelled/);
  });

  it('makes a version that is asked plainly, and that prefers what it writes to the untouched request', async () => {
    const rewriter = await sft.open({ read: () => Promise.resolve(undefined) });
    assert.deepEqual(rewriter.score('request', ['request', 'better']), [0, 1]);
    assert.equal(rewriter.isAdapter, true);
  });
});
