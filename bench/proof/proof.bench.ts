/**
 * `npm run proof`: whether the pipeline finds wordings that make a real model answer better. SmolLM2-135M on the processor answers
 * requests of four families of tasks (`tasks.ts`), put into templates; programs check the answers; the trainer `template` learns
 * from the training requests, and a check that learning never heard compares its choice with the untouched requests on held-out
 * ones. Nothing is simulated. `PROSE_PROOF_SEEDS` (2) draws of requests and splits, `PROSE_PROOF_PROMPTS` (36) requests a family,
 * `PROSE_PROOF_FOLDER` a folder for the outcomes, the plot and the reports of the runs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../workers/workflow-bundle.ts';
import { printFigure, printProgress, spread } from '../figure.ts';
import { watchMemory } from './memory.ts';
import { drawOutcomes, type Outcome } from './plot.ts';
import { createProofProject, describeShares, sharesOf } from './project.ts';
import { drawRows, families, templates, type TaskFamily } from './tasks.ts';

const seeds = Number(process.env['PROSE_PROOF_SEEDS'] ?? 2);
const prompts = Number(process.env['PROSE_PROOF_PROMPTS'] ?? 36);
const folder = process.env['PROSE_PROOF_FOLDER'];
const wanted = process.env['PROSE_PROOF_FAMILIES']?.split(',') ?? families.map(({ name }) => name);

const project = createProofProject();
const { root, prose, changeConfig } = project;

/** The project as its user would set it up: templates instead of a rewriting model, programs instead of judges. */
function configure({ maxTokens, checks }: TaskFamily): void {
  changeConfig('base_prompt_config', [[['splits'], { train: 0.35, select: 0.05, gate: 0.05, test: 0.55 }]]);
  changeConfig('prompt_variation_config', [[['approaches'], templates]]);
  changeConfig('main_model_config', [
    [['samples'], 1],
    [['testSamples'], 1],
    [['sampling'], { temperature: 0, topP: 1, maxTokens }],
  ]);
  changeConfig('validator_model_config', [
    [['validators'], []],
    [['checks'], checks],
  ]);
  changeConfig('prompt_optimization_config', [
    [['trainer'], 'template'],
    [['rewrites'], 1],
    // Every contrast of two templates teaches.
    [['pairs', 'minMargin'], 0.1],
    [['pairs', 'maxPerPrompt'], 100],
  ]);
}

async function prove(family: TaskFamily, seed: number): Promise<Outcome> {
  const started = performance.now();
  configure(family);
  project.writeRequests(drawRows(family, seed, prompts));
  const runId = `${family.name.replaceAll(' ', '-')}-${seed}`;
  const metrics = await project.run(
    runId,
    [
      'promptsFile=requests.jsonl',
      `variations=${templates.length}`,
      'halving=false',
      'equalSpend=false',
      'lessonPrompts=0',
      'minimumPairs=1',
      `seed=${seed}`,
    ],
    ['--endpoint', 'local', '--model', 'smollm2'],
  );
  const arm = metrics.arms.find(({ name }) => name === 'template');
  return {
    family: family.name,
    seed,
    runId,
    ...sharesOf(metrics.baseline, arm),
    verdict: metrics.verdict.kind,
    wording: metrics.training?.lessons[0] ?? '',
    calls: metrics.spend.reduce((sum, { calls }) => sum + calls, 0),
    seconds: (performance.now() - started) / 1000,
  };
}

/** So that nothing is lost when the rest is interrupted. */
function keep(to: string, outcomes: readonly Outcome[]): void {
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'outcomes.json'), `${JSON.stringify(outcomes, null, 2)}\n`);
  writeFileSync(join(to, 'before-after.svg'), drawOutcomes(outcomes));
  const { runId } = outcomes.at(-1)!;
  project.keepReport(runId, to);
}

function describe({ verdict, wording, calls, seconds, ...shares }: Outcome): string {
  return `${describeShares(shares)}, ${verdict}; ${wording}; ${calls} calls, ${seconds.toFixed(0)} s`;
}

const memory = watchMemory([root, packageRoot]);
try {
  const started = performance.now();
  await prose('up', '--model', 'smollm2');
  printProgress(`proof: set up in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const tried = families.filter(({ name }) => wanted.includes(name));
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    for (const family of tried) {
      const outcome = await prove(family, seed);
      outcomes.push(outcome);
      printProgress(`proof: ${family.name}, seed ${seed}: ${describe(outcome)}`);
      if (folder !== undefined) keep(folder, outcomes);
    }
  }
  const isProven = ({ low }: Outcome): boolean => low !== null && low > 0;
  let proven = 0;
  for (const { name } of tried) {
    const own = outcomes.filter(({ family }) => family === name);
    proven += Number(own.every(isProven));
    const gains = spread(own.map(({ gain }) => gain));
    printFigure({
      area: 'proof',
      name: `gain of the wording found, ${name}`,
      value: gains[1],
      unit: 'share of right answers',
      against: 'the request as people put it, on held-out requests',
      bar: 0,
      better: 'higher',
      runs: gains,
    });
  }
  printFigure({
    area: 'proof',
    name: `families with an interval above zero in all of ${seeds} draws`,
    value: proven,
    unit: 'families of tasks',
    against: `${wanted.length} tried with a real model on the processor`,
    bar: 3,
    better: 'higher',
    runs: [proven, proven, proven],
  });
  const minutes = (performance.now() - started) / 60_000;
  const held = await memory.stop();
  const most = held === undefined ? 'memory not known' : `at most ${held.toFixed(0)} MB in all processes`;
  printProgress(`proof: ${minutes.toFixed(1)} minutes in all; ${most}`);
} finally {
  await memory.stop();
  await project.close();
}
