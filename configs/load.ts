/** From the files of `configs/` and `model_input/` to checked settings, or to every problem that stands against them. */
import type { SourceDocument } from '../definitions/documents/document.ts';
import { isFields } from '../definitions/documents/fields.ts';
import { ContentCache } from '../definitions/loading/content-cache.ts';
import { parseDocument } from '../definitions/documents/parse-document.ts';
import {
  OPTIONS,
  sortProblems,
  type Checked,
  type Found,
  type Problem,
} from '../definitions/documents/problem.ts';
import { readText } from '../definitions/documents/read-text.ts';
import { checkSchema } from '../definitions/documents/schema-check.ts';
import { firstProblems, locateAll } from '../definitions/documents/told-problems.ts';
import { checkEndpoint } from './checks/check-models.ts';
import { checkTrainer, checkWeights, type TrainedKey } from './checks/check-trainer.ts';
import type { TrainerContract } from './settings/trainer-contract.ts';
import { checkConfig, warnOfFamilies } from './checks/check-settings.ts';
import { CONFIG_FILES, CONFIG_KEYS, type ConfigKey } from './settings/config-names.ts';
import { configValidator } from './settings/config-schemas.ts';
import { overrideSettings } from './settings/override-settings.ts';
import { TEXT_NAMES, checkText } from './checks/texts.ts';
import type { Settings, SettingsOverrides, TextName } from './settings/types.ts';

/** What was made of configs, by their content: one file changes at most from run to run. Its values are shared, and never changed. */
export class ConfigCache extends ContentCache<Checked<SourceDocument>> {}

async function loadConfig(
  root: string,
  key: ConfigKey,
  trainers: readonly TrainerContract[],
  cache: ConfigCache,
): Promise<Checked<SourceDocument>> {
  const file = `configs/${CONFIG_FILES[key]}.yaml`;
  const text = await readText(root, file);
  if (!text.ok) return text;
  const content = [key, text.value, trainers.map(({ name }) => name)];
  return cache.get(content, () => parseConfig(text.value, file, key, trainers));
}

function parseConfig(
  text: string,
  file: string,
  key: ConfigKey,
  trainers: readonly TrainerContract[],
): Checked<SourceDocument> {
  const document = parseDocument(text, file);
  if (!document.ok) return { ok: false, problems: firstProblems(document.problems) };
  const { value } = document;
  const problems = locateAll(value, [
    ...checkSchema(value.value, configValidator(key)),
    ...checkConfig(key, value.value),
    ...(isTrained(key) && trainers.length > 0 ? checkTrainer(key, value.value, trainers) : []),
  ]);
  return problems.length > 0 ? { ok: false, problems } : document;
}

function isTrained(key: ConfigKey): key is TrainedKey {
  return key === 'promptOptimization' || key === 'fineTuning';
}

async function loadText(root: string, name: TextName): Promise<Checked<string>> {
  const file = `model_input/${name}.txt`;
  const text = await readText(root, file);
  if (!text.ok) return text;
  const problems = firstProblems(checkText(name, text.value, file));
  return problems.length > 0 ? { ok: false, problems } : text;
}

function checkOverrides({ endpoint, model }: SettingsOverrides): readonly Problem[] {
  const at = { file: OPTIONS, line: 1, column: 1 };
  const problems: Problem[] = [];
  const finding = endpoint === undefined ? undefined : checkEndpoint(endpoint);
  if (finding !== undefined) problems.push({ ...finding, ...at, path: 'endpoint' });
  const message = 'The model name is empty.';
  if (model?.trim() === '')
    problems.push({ code: 'BAD_MODEL_NAME', message, advice: 'Name a model.', ...at, path: 'model' });
  return problems;
}

/**
 * Loads and checks the six configs, the task queues and the seven texts of the project at `root`. Problems of all files are
 * given at once, sorted; warnings (`SAME_FAMILY`) stand against nothing.
 *
 * @param overrides point every role at one endpoint or model for this run; their problems have the file `options`.
 * @param trainers that there are. Without them what the config says of trainers is not checked.
 * @param cache of earlier calls, so that what has not changed is not parsed and checked anew.
 */
export async function loadSettings(
  root: string,
  overrides: SettingsOverrides = {},
  trainers: readonly TrainerContract[] = [],
  cache: ConfigCache = new ConfigCache(),
): Promise<Checked<Settings>> {
  const [configs, texts] = await Promise.all([
    Promise.all(CONFIG_KEYS.map((key) => loadConfig(root, key, trainers, cache))),
    Promise.all(TEXT_NAMES.map((name) => loadText(root, name))),
  ]);
  const problems = [
    ...checkOverrides(overrides),
    ...[...configs, ...texts].flatMap((checked) => (checked.ok ? [] : checked.problems)),
  ];
  if (problems.length > 0) return { ok: false, problems: sortProblems(problems) };
  const documents = new Map(valuesOf(CONFIG_KEYS, configs));
  const settings: unknown = {
    ...Object.fromEntries([...documents].map(([key, document]) => [key, document.value])),
    texts: Object.fromEntries(valuesOf(TEXT_NAMES, texts)),
  };
  if (!isSettings(settings)) throw new TypeError('A part of the settings was not loaded.');
  const value = overrideSettings(settings, overrides);
  const weightless = checkWeights(value, trainers).flatMap(([key, found]) =>
    locateIn(documents.get(key), [found]),
  );
  if (weightless.length > 0) return { ok: false, problems: sortProblems(weightless) };
  return { ok: true, value, warnings: locateIn(documents.get('validatorModel'), warnOfFamilies(settings)) };
}

function locateIn(document: SourceDocument | undefined, found: Iterable<Found>): readonly Problem[] {
  return document === undefined ? [] : locateAll(document, found);
}

function valuesOf<Name, T>(names: readonly Name[], list: readonly Checked<T>[]): [Name, T][] {
  return names.flatMap((name, index) => {
    const checked = list[index];
    return checked?.ok === true ? [[name, checked.value]] : [];
  });
}

/** The schemas have checked the parts; this checks that they are all there. */
function isSettings(value: unknown): value is Settings {
  return isFields(value) && [...CONFIG_KEYS, 'texts'].every((key) => Object.hasOwn(value, key));
}
