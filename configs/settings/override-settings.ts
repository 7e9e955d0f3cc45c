/** Settings with every role pointed elsewhere for one run. Pure. */
import type { RoleConfig, Settings, SettingsOverrides } from './types.ts';

/** The same settings with the given endpoint, model name and use of what was kept. */
export function overrideSettings(
  settings: Settings,
  { endpoint, model, cache }: SettingsOverrides,
): Settings {
  const point = <Config extends RoleConfig>(config: Config): Config => ({
    ...config,
    model: {
      ...config.model,
      ...(endpoint === undefined ? {} : { endpoints: [endpoint] }),
      ...(model === undefined ? {} : { name: model }),
    },
    ...(cache === undefined ? {} : { request: { ...config.request, cache } }),
  });
  return {
    ...settings,
    basePrompt: point(settings.basePrompt),
    promptVariation: point(settings.promptVariation),
    mainModel: point(settings.mainModel),
    validatorModel: { ...settings.validatorModel, validators: settings.validatorModel.validators.map(point) },
    promptOptimization: point(settings.promptOptimization),
    ...(cache === undefined ? {} : { taskCache: cache }),
  };
}
