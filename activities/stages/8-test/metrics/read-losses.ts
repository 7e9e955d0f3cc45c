import type { ActivityContext } from '../../../activity.ts';
import type { Metrics } from '../../../report/metrics.ts';
import type { LossCurve } from '../../../report/training-metrics.ts';
import { readManifest, versionFiles, type RegistryRole } from '../../../store/model-registry.ts';
import { LOSSES_FILE } from '../../../trainers/trl/train-adapter.ts';
import type { FineTuningOutput } from '../../7-training/fine-tuning.ts';

/** Of both models, as far as weights of theirs were trained. */
export async function readLosses(
  { version, fineTuning }: { readonly version: string; readonly fineTuning: FineTuningOutput },
  { store }: ActivityContext,
): Promise<Pick<Metrics, 'losses'>> {
  const of = async (role: RegistryRole, model: string, name: string): Promise<LossCurve[]> => {
    const content = name === '' ? undefined : await versionFiles(store, role, name).read(LOSSES_FILE);
    if (content === undefined) return [];
    const { trainer } = await readManifest(store, role, name);
    return [{ model, trainer, points: JSON.parse(content) as LossCurve['points'] }];
  };
  const losses = [
    ...(await of('prompt_optimization', 'prompt-optimization model', version)),
    ...(await of('main_model', 'main model', fineTuning.trained ? fineTuning.version : '')),
  ];
  return losses.length === 0 ? {} : { losses };
}
