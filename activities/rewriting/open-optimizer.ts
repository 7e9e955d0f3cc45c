/** A trained version ready to be asked: where it is weights of its own, the servers have them. */
import type { Settings } from '../../configs/settings/types.ts';
import { serveVersion, type ServingContext } from '../inference/servers/serve-version.ts';
import { openVersion, type OpenedVersion } from '../trainers/index.ts';

export interface OpenedOptimizer extends OpenedVersion {
  /** To ask it with. */
  readonly settings: Settings;
}

/**
 * @param settings which say where the prompt-optimization model is
 * @throws as `openVersion` and `serveVersion`
 */
export async function openOptimizer(
  context: ServingContext,
  version: string,
  settings: Settings,
): Promise<OpenedOptimizer> {
  const opened = await openVersion(context.store, version);
  if (opened.rewriter.isAdapter !== true) return { ...opened, settings };
  const { promptOptimization } = settings;
  const served = await serveVersion(context, promptOptimization, 'prompt_optimization', version);
  return { ...opened, settings: { ...settings, promptOptimization: served } };
}
