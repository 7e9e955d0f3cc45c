/** The models that are called, and where their configs stand. */
import { CONFIG_FILES } from './config-names.ts';
import type { RoleConfig, Settings } from './types.ts';

export interface RolePlace {
  readonly config: RoleConfig;
  /** Relative to the project's root. */
  readonly file: string;
  /** Of the config inside the file. */
  readonly path: readonly (string | number)[];
}

/** In pipeline order. */
export function rolePlaces(settings: Settings): readonly RolePlace[] {
  const place = (
    key: keyof typeof CONFIG_FILES,
    config: RoleConfig,
    path: RolePlace['path'] = [],
  ): RolePlace => ({
    config,
    file: `configs/${CONFIG_FILES[key]}.yaml`,
    path,
  });
  return [
    place('basePrompt', settings.basePrompt),
    place('promptVariation', settings.promptVariation),
    place('mainModel', settings.mainModel),
    ...settings.validatorModel.validators.map((validator, index) =>
      place('validatorModel', validator, ['validators', index]),
    ),
    place('promptOptimization', settings.promptOptimization),
  ];
}

export function rolesOf(settings: Settings): readonly RoleConfig[] {
  return rolePlaces(settings).map(({ config }) => config);
}
