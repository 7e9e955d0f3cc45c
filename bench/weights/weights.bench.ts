/**
 * The second half of `npm run proof`: whether weights learn. SmolLM2-135M answers requests of three families of tasks in eight
 * wordings, served by vLLM on the processor; programs check the answers. From the pairs that come of it TRL trains the same model to
 * rewrite requests (SFT, then DPO, then SFT on shuffled pairs), and from its own best answers to answer plain requests better; vLLM serves the adapters beside
 * the model. A check that learning never heard compares them on held-out requests. Nothing is simulated. `PROSE_PROOF_SEEDS` (2)
 * draws, `PROSE_PROOF_PROMPTS` (24) requests a family, `PROSE_PROOF_FOLDER` a folder for the outcomes and the reports.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePlainModel, ensureTrainer } from '../../deploy/trainer/ensure-trainer.ts';
import { ensureVllm } from '../../deploy/vllm/cpu/ensure-vllm.ts';
import { startVllm, TINY_MODEL } from '../../deploy/vllm/cpu/start-vllm.ts';
import { printFigure, printProgress, spread } from '../figure.ts';
import { createProofProject, describeShares, sharesOf, type Shares } from '../proof/project.ts';
import { templates } from '../proof/tasks.ts';
import { drawMixedRows, mixedChecks, shuffledChecks } from './tasks.ts';

const seeds = Number(process.env['PROSE_PROOF_SEEDS'] ?? 2);
const prompts = Number(process.env['PROSE_PROOF_PROMPTS'] ?? 24);
const folder = process.env['PROSE_PROOF_FOLDER'];
const apiKey = 'of-the-proof';
/** One of two cores is vLLM's. */
const OMP_NUM_THREADS = '1';

/** Runs by what is trained in them; `shuffled` is `sft` on pairs that chance has made, the negative control of the first draw. */
const kinds = ['sft', 'dpo', 'shuffled'] as const;
type Kind = (typeof kinds)[number];

interface Outcome extends Shares {
  readonly what: string;
  readonly seed: number;
}

const say = { env: process.env, log: printProgress };
const started = performance.now();
const python = await ensureTrainer(say);
const model = await ensurePlainModel('smollm2', python, say);
// With adapters vLLM reads prompts slowly on a processor: a gigabyte is moved for every 50 tokens of a step.
const vllm = await startVllm({ ...(await ensureVllm(say)), model }, apiKey, { ...say, maxModelLen: 1024 });
const project = createProofProject({ PROSE_PROOF_KEY: apiKey, OMP_NUM_THREADS, HF_HUB_OFFLINE: '1' });
const { root, prose, changeConfig } = project;
// The bundled text is as long as ten of these requests: for a model of this size, and a server of this speed, a short one does.
writeFileSync(
  join(root, 'model_input', 'prompt_optimization_model_input.txt'),
  `=== system ===
You improve requests. You never answer them.

=== user ===
Request: {{base_prompt}}
What helps and hurts: {{lessons}}
Answer with JSON: {"prompt": "…"}, where … is a better wording of the request

=== choice ===
Request: {{base_prompt}}
Wordings: {{wordings}}
Answer with JSON: {"choice": n}, where n is the number of the best wording
`,
);

/** What both methods share. */
const training = {
  model_name_or_path: model,
  // vLLM's work for an adapter on a processor goes with its rank.
  lora_r: 8,
  lora_alpha: 16,
  learning_rate: 5e-4,
  max_steps: 32,
  per_device_train_batch_size: 4,
  warmup_steps: 4,
  max_length: 384,
  save_steps: 12,
};
const sections = {
  sft: training,
  dpo: {
    ...training,
    max_steps: 28,
    beta: 0.1,
    loss_type: ['sigmoid', 'sft'],
    // With so few steps contrast alone shows what to avoid, and only the other term what to write.
    loss_weights: [1, 3],
  },
};

/** The main model is tuned in the runs of `sft`. */
function configure(kind: Kind): void {
  const method = kind === 'shuffled' ? 'sft' : kind;
  const served = { endpoints: [`${vllm.url}/v1`], name: TINY_MODEL, apiKeyEnv: 'PROSE_PROOF_KEY' };
  const request = { timeout: '300s', maxAttempts: 5, concurrency: 16 };
  for (const name of ['base_prompt', 'prompt_variation'])
    changeConfig(`${name}_config`, [
      [['model'], served],
      [['request'], request],
    ]);
  changeConfig('base_prompt_config', [[['splits'], { train: 0.4, select: 0.05, gate: 0.05, test: 0.5 }]]);
  changeConfig('prompt_variation_config', [[['approaches'], templates]]);
  changeConfig('main_model_config', [
    [['model'], served],
    [['request'], request],
    [['samples'], 1],
    [['testSamples'], 1],
    [['sampling'], { temperature: 0, topP: 1, maxTokens: 96 }],
  ]);
  changeConfig('validator_model_config', [
    [['validators'], []],
    [['checks'], kind === 'shuffled' ? shuffledChecks : mixedChecks],
  ]);
  changeConfig('prompt_optimization_config', [
    [['model'], served],
    [['request'], request],
    [['sampling'], { temperature: 0, topP: 1, maxTokens: 128 }],
    [['trainer'], method],
    [['rewrites'], 1],
    [['pairs'], { minMargin: 0.1, maxPerPrompt: 100, maxLengthRatio: 100 }],
    [[method], sections[method]],
  ]);
  changeConfig('fine_tuning_config', [
    [['trainer'], kind === 'sft' ? 'sft' : 'none'],
    [['minScore'], 5],
    [['maxPerPrompt'], 1],
    [['sft'], sections.sft],
  ]);
}

async function prove(kind: Kind, seed: number): Promise<Outcome[]> {
  configure(kind);
  project.writeRequests(drawMixedRows(seed, prompts));
  const runId = `${kind}-${seed}`;
  const metrics = await project.run(runId, [
    'promptsFile=requests.jsonl',
    `variations=${templates.length}`,
    'halving=false',
    'lessonPrompts=0',
    'minimumPairs=1',
    `seed=${seed}`,
  ]);
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    project.keepReport(runId, folder);
  }
  printProgress(`proof: ${runId}: ${metrics.verdict.sentence}`);
  return metrics.arms.map((arm) => ({
    what: nameOf(arm.name, kind),
    seed,
    ...sharesOf(metrics.baseline, arm),
  }));
}

function nameOf(arm: string, kind: Kind): string {
  const names: { readonly [arm: string]: string } = {
    sft: kind === 'shuffled' ? 'rewritten by SFT on shuffled pairs' : 'rewritten by SFT',
    dpo: 'rewritten by DPO',
    untrained: `rewritten by the untrained model (${kind})`,
    tuned: 'answered by the fine-tuned main model',
    both: 'both',
  };
  return names[arm] ?? arm;
}

try {
  await prose('up');
  printProgress(`proof: set up in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    for (const kind of kinds) {
      if (kind === 'shuffled' && seed > 1) continue;
      const found = await prove(kind, seed);
      outcomes.push(...found);
      for (const one of found) printProgress(`proof: ${one.what}, seed ${one.seed}: ${describeShares(one)}`);
      if (folder !== undefined)
        writeFileSync(join(folder, 'weights.json'), `${JSON.stringify(outcomes, null, 2)}\n`);
    }
  }
  for (const what of new Set(outcomes.map((one) => one.what))) {
    const gains = spread(outcomes.filter((one) => one.what === what).map(({ gain }) => gain));
    printFigure({
      area: 'weights',
      name: `gain, ${what}`,
      value: gains[1],
      unit: 'share of right answers',
      against: 'the request as people put it to the model as it is, on held-out requests',
      bar: 0,
      better: 'higher',
      runs: gains,
    });
  }
  printProgress(`proof: ${((performance.now() - started) / 60_000).toFixed(1)} minutes in all`);
} finally {
  await project.close();
  await vllm.close();
}
