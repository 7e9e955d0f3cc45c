/** Learns, tests, promotes and optimizes with whatever trainer the project's config names; says what came of it as JSON. */
import { optimizePrompts } from '../../../activities/rewriting/optimize-prompts.ts';
import { promoteModel } from '../../../activities/stages/9-promotion/promotion.ts';
import { readManifest } from '../../../activities/store/model-registry.ts';
import { trainers } from '../../../activities/trainers/index.ts';
import { withRun } from '../../../bench/claims/in-process.ts';
import { loadSettings } from '../../../configs/load.ts';
import { packageRoot } from '../../../workers/workflow-bundle.ts';

const role = 'prompt_optimization';

const learn = () =>
  withRun(11, {}, async (learning) => {
    await learning.explore({ basePrompts: 60, variations: 5, halving: false });
    const tested = await learning.learnAndTest();
    const { store, run } = learning.context;
    const [row] = await store.query('select distinct arm from test_prompts where prompt_variation_idx = 1');
    const metrics = JSON.parse((await store.readFile('results/evaluations/run/metrics.json')) ?? '{}');
    const version = String(metrics.settings['optimizer version']);
    const promotion = await promoteModel.run({ role, version, run: run.runId, over: '' }, learning.context);
    const [optimized] = await optimizePrompts(['Tell me about volcanoes'], learning.context);
    const manifest = await readManifest(store, role, version);
    return { tested, arm: row?.['arm'], version, training: metrics.training, promotion, optimized, manifest };
  });

const settings = await loadSettings(packageRoot, {}, trainers);
const told = { problems: settings.ok ? [] : settings.problems, ...(await learn()) };
process.stdout.write(JSON.stringify(told));

export type Told = typeof told;
