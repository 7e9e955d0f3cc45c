import type { Settings } from '../../configs/settings/types.ts';
import type { Cli } from '../cli.ts';
import type { HealthCheck } from './health-check.ts';

/** Whether this machine can train weights, where the configs say that some are trained. */
export async function trainerChecks(
  { context: { env } }: Pick<Cli, 'context'>,
  { promptOptimization, fineTuning }: Settings,
): Promise<HealthCheck[]> {
  const [{ trainers }, { hasTrainer, trainerPython }] = await Promise.all([
    import('../../activities/trainers/index.ts'),
    import('../../deploy/trainer/ensure-trainer.ts'),
  ]);
  const named = [promptOptimization.trainer, fineTuning.trainer];
  if (!trainers.some(({ name, needsWeights }) => needsWeights && named.includes(name))) return [];
  const name = 'training of weights';
  const python = trainerPython(env);
  if (await hasTrainer(env)) return [{ name, state: 'well', found: python }];
  const remedy = 'npm run setup:trainer';
  return [{ name, state: 'missing', found: `there is no TRL at ${python}`, remedy }];
}
