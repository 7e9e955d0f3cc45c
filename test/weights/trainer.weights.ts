/**
 * TRL for real, on a tiny model of random weights: `npm run test:weights` installs it by itself (two minutes and 6 GB, once) and
 * takes a minute. No part of `npm test`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../../activities/activity.ts';
import { ActivityError } from '../../activities/attempts/errors.ts';
import type { TrainingPair } from '../../activities/trainers/trainer.ts';
import type { LossPoint } from '../../activities/trainers/trl/events.ts';
import { dpo, sft } from '../../activities/trainers/trl/trl-trainer.ts';
import { ensureTrainer } from '../../deploy/trainer/ensure-trainer.ts';
import { ensureVllm } from '../../deploy/vllm/cpu/ensure-vllm.ts';

const pairs = Array.from({ length: 40 }, (_, index): TrainingPair => ({
  basePromptIdx: index,
  topic: `topic ${index % 8}`,
  prompt: `Is item ${index} good or bad?`,
  chosen: `Is item ${index} good or bad? One word:`,
  rejected: `Tell me all about item ${index}, good or bad`,
  probability: 0.95,
  weight: 1,
}));

/** Has TRL's training fail as torch does where memory is short, with more than two rows at once. */
const SHORT_OF_MEMORY = `
import sys
if sys.argv[0].endswith("train_adapter.py") or any(arg.endswith("train_adapter.py") for arg in sys.orig_argv):
    import transformers
    step = transformers.Trainer.training_step

    def short(self, model, inputs, *rest, **named):
        if len(inputs["input_ids"]) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
        return step(self, model, inputs, *rest, **named)

    transformers.Trainer.training_step = short
`;

describe('TRL behind the contract of trainers', function () {
  this.timeout(1_200_000);
  let python = '';
  let model = '';
  let folder = '';
  before(async () => {
    const options = { env: process.env, log: (line: string) => void process.stderr.write(`${line}\n`) };
    python = await ensureTrainer(options);
    ({ model } = await ensureVllm(options));
    folder = await mkdtemp(join(tmpdir(), 'prose-weights-'));
  });
  after(() => rm(folder, { recursive: true }));

  interface Training {
    readonly name: string;
    readonly trainer?: typeof sft;
    readonly settings?: { readonly [name: string]: unknown };
    /** Name of the training that it goes on from. */
    readonly parent?: string;
    readonly signal?: AbortSignal;
    readonly onBeat?: (progress: Progress) => void;
  }

  async function train({ name, trainer = sft, settings, parent, signal, onBeat }: Training) {
    const place = join(folder, name);
    await mkdir(place, { recursive: true });
    return trainer.train({
      pairs: pairs.slice(0, 32),
      heldOut: pairs.slice(32),
      settings: {
        model_name_or_path: model,
        lora_r: 16,
        learning_rate: 1e-3,
        max_steps: 20,
        per_device_train_batch_size: 4,
        save_steps: 5,
        ...settings,
      },
      seed: 1,
      ...(parent !== undefined && { parent: join(folder, parent) }),
      signal: signal ?? new AbortController().signal,
      heartbeat: (progress) => onBeat?.(progress),
      files: {
        read: (file) => readFile(join(place, file), 'utf8').catch(() => undefined),
        write: (file, content) => writeFile(join(place, file), content),
        folder: () => Promise.resolve(place),
      },
      machine: {
        root: folder,
        gpus: [],
        environment: (variable) => (variable === 'PROSE_TRAINER_PYTHON' ? python : process.env[variable]),
      },
    });
  }
  const lossesOf = async (name: string): Promise<LossPoint[]> =>
    JSON.parse(await readFile(join(folder, name, 'losses.json'), 'utf8'));
  /** Processes that train in that folder. */
  const running = (name: string): string =>
    execFileSync('sh', ['-c', `ps -eo pid,args | grep '[t]rain_adapter.py ${join(folder, name)}/' || true`], {
      encoding: 'utf8',
    });

  it('leaves an adapter, its probes, and a loss that falls', async () => {
    const metrics = await train({ name: 'undisturbed' });
    assert.deepEqual([metrics.trainPairs, metrics.heldOutPairs], [32, 8]);
    const losses = (await lossesOf('undisturbed')).map(({ loss }) => loss ?? Number.NaN);
    assert.equal(losses.length, 20);
    assert.ok(losses.at(-1)! < losses[0]! / 2);
    assert.ok((await stat(join(folder, 'undisturbed', 'adapter_model.safetensors'))).size > 100_000);
    const probes = JSON.parse(await readFile(join(folder, 'undisturbed', 'probes.json'), 'utf8'));
    assert.ok(probes.some(({ text, untrained }: { text: string; untrained: string }) => text !== untrained));
  });

  it('goes on from the last checkpoint after it was killed, and ends where the undisturbed one ends', async () => {
    let isKilled = false;
    const kill = ({ done }: Progress): void => {
      if (done < 13 || isKilled) return;
      isKilled = true;
      for (const line of running('killed').trim().split('\n'))
        process.kill(Number.parseInt(line, 10), 'SIGKILL');
    };
    await assert.rejects(
      train({ name: 'killed', onBeat: kill }),
      (error: unknown) => error instanceof ActivityError && error.code === 'TRAINER_ENDED' && error.retryable,
    );
    const beats: Progress[] = [];
    await train({ name: 'killed', onBeat: (progress) => beats.push(progress) });
    assert.equal(beats[0]?.done, 10);
    const [whole, resumed] = [await lossesOf('undisturbed'), await lossesOf('killed')];
    assert.deepEqual(
      resumed.map(({ step }) => step),
      whole.map(({ step }) => step),
    );
    for (const [index, { loss }] of whole.entries())
      assert.ok(
        Math.abs((resumed[index]?.loss ?? Number.NaN) - (loss ?? Number.NaN)) < 0.05,
        `step ${index + 1}`,
      );
  });

  it('goes on from what another version has learned, by contrast too, and from none of another shape', async () => {
    const [first, last] = [
      (await lossesOf('undisturbed'))[0]?.loss,
      (await lossesOf('undisturbed')).at(-1)?.loss,
    ];
    await train({ name: 'further', parent: 'undisturbed', settings: { max_steps: 2 } });
    const begun = (await lossesOf('further'))[0]?.loss ?? Number.NaN;
    assert.ok(begun < (first! + last!) / 2, `${begun} after ${first} and ${last}`);
    await train({ name: 'contrasted', trainer: dpo, parent: 'undisturbed', settings: { max_steps: 2 } });
    assert.ok((await stat(join(folder, 'contrasted', 'adapter_model.safetensors'))).size > 100_000);
    await assert.rejects(stat(join(folder, 'contrasted', 'ref')));
    await assert.rejects(
      train({ name: 'misshapen', parent: 'undisturbed', settings: { lora_r: 8 } }),
      (error: unknown) => error instanceof ActivityError && error.code === 'BAD_TRAINER_SETTINGS',
    );
  });

  it('says that the disk is full, keeps no half of an adapter, and goes on once there is room', async () => {
    const place = join(folder, 'full');
    await mkdir(place);
    const remount = (options: string): unknown =>
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]);
    remount('size=512k');
    try {
      await assert.rejects(
        train({ name: 'full' }),
        (error: unknown) => error instanceof ActivityError && error.code === 'DISK_FULL' && error.retryable,
      );
      await assert.rejects(stat(join(place, 'training.json')));
      remount('remount,size=64m');
      await train({ name: 'full' });
      assert.equal((await lossesOf('full')).length, 20);
    } finally {
      execFileSync('umount', [place]);
    }
  });

  it('takes the same rows a step in smaller pieces where memory is short', async () => {
    const short = join(folder, 'short-of-memory');
    await mkdir(short);
    await writeFile(join(short, 'sitecustomize.py'), SHORT_OF_MEMORY);
    const roomy = python;
    python = join(short, 'python');
    await writeFile(python, `#!/bin/sh\nPYTHONPATH=${short} exec ${roomy} "$@"\n`, { mode: 0o755 });
    try {
      const beats: Progress[] = [];
      await train({ name: 'short', onBeat: (progress) => beats.push(progress) });
      assert.match(beats.at(-2)?.note ?? '', /memory was short: 2 rows at once/);
    } finally {
      python = roomy;
    }
    const [whole, pieces] = [await lossesOf('undisturbed'), await lossesOf('short')];
    for (const [index, { loss }] of whole.entries())
      assert.ok(
        Math.abs((pieces[index]?.loss ?? Number.NaN) - (loss ?? Number.NaN)) < 0.05,
        `step ${index + 1}`,
      );
  });

  it('leaves no process when it is cancelled', async () => {
    const cancel = new AbortController();
    const onBeat = ({ done }: Progress): void => {
      if (done >= 2) cancel.abort(new Error('cancelled'));
    };
    await assert.rejects(
      train({ name: 'cancelled', trainer: dpo, signal: cancel.signal, onBeat }),
      /cancelled/,
    );
    for (let tries = 0; running('cancelled') !== '' && tries < 100; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(running('cancelled'), '');
  });

  it('ends for good where the loss is no number, and where there is no such model', async () => {
    const codeOf = (training: Training): Promise<string> =>
      train(training).then(
        () => 'none',
        (error: unknown) => (error instanceof ActivityError ? error.code : String(error)),
      );
    assert.equal(
      await codeOf({ name: 'nan', settings: { learning_rate: 1e30, max_grad_norm: 1e30 } }),
      'LOSS_NOT_FINITE',
    );
    assert.equal(
      await codeOf({ name: 'nowhere', settings: { model_name_or_path: join(folder, 'nothing') } }),
      'NO_BASE_MODEL',
    );
  });
});
