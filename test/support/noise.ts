/** The whole pipeline on models that answer noise: what must come of it, whatever server plays them. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metrics } from '../../activities/report/metrics.ts';
import { startPipeline } from './pipeline.ts';

/** A server of a model that only talks noise. */
export interface NoiseServer {
  /** Base URL ending in `/v1`. */
  readonly endpoint: string;
  readonly model: string;
  readonly apiKey: string;
}

const KEY_VARIABLE = 'NOISE_SERVER_KEY';
const topics = ['soil', 'bread', 'bikes', 'rain', 'maps', 'tea', 'owls', 'wool'];

/**
 * Runs `prose` with that model in every role, on prompts of the user's own, since noise writes none. Asserts that the run
 * leaves a report that says what is missing and claims nothing.
 */
export async function assertNoGainFromNoise({ endpoint, model, apiKey }: NoiseServer): Promise<void> {
  const pipeline = await startPipeline();
  try {
    await writeFile(
      join(pipeline.root, 'prompts.txt'),
      topics.map((topic) => `Tell me about ${topic}\n`).join(''),
    );
    for (const name of [
      'base_prompt',
      'prompt_variation',
      'main_model',
      'validator_model',
      'prompt_optimization',
    ]) {
      const path = join(pipeline.root, 'configs', `${name}_config.yaml`);
      const text = await readFile(path, 'utf8');
      const own = text
        .replaceAll(/^( *)endpoints: .*$/gm, `$1endpoints: ['${endpoint}']\n$1apiKeyEnv: ${KEY_VARIABLE}`)
        .replaceAll(/^( *)name: simulated.*$/gm, `$1name: ${model}`)
        // Noise does not end by itself, and says no more in a thousand tokens than in a few.
        .replaceAll(/^( *)maxTokens: \d+/gm, '$1maxTokens: 16');
      await writeFile(path, own);
    }
    await pipeline.startWorker({ [KEY_VARIABLE]: apiKey });
    const params = { promptsFile: 'prompts.txt', variations: 2 };
    const runId = 'noise';
    const handle = await pipeline.start('prose', params, runId);
    const hasFailed = await handle.result().then(
      () => false,
      () => true,
    );
    const folder = join(pipeline.root, 'results', 'evaluations', runId);
    const metrics = JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8')) as Metrics;
    assert.deepEqual(metrics.arms, []);
    assert.equal(metrics.training, null);
    assert.ok(metrics.validators.every(({ meanScore }) => meanScore === null));
    assert.ok(metrics.models.every(({ name, simulated }) => name === model && !simulated));
    assert.match(await readFile(join(folder, 'report.html'), 'utf8'), /Cannot tell/);
    // A JSON string is short enough that noise makes one now and then: such a run goes on, and can tell nothing.
    assert.equal(metrics.verdict.kind, hasFailed ? 'none' : 'cannot tell');
    if (hasFailed) {
      assert.match(metrics.verdict.sentence, /NO_VARIATIONS/);
      // Hardly anything was paid for what could not be used.
      const answered = metrics.spend.find(({ stage }) => stage === 'model_outputs')?.calls ?? 0;
      assert.ok(answered < topics.length / 2, `${answered} answers`);
    } else {
      assert.ok(metrics.counts.missingVariations > metrics.counts.variations / 2);
      assert.equal(metrics.counts.missingScores, metrics.counts.scores);
    }
  } finally {
    await pipeline.close();
  }
}
