/** What a run was made from, for telling it from another. */
import { CONFIG_FILES, CONFIG_KEYS } from '../../../../configs/settings/config-names.ts';
import type { ActivityContext } from '../../../activity.ts';
import { digestSplits } from '../../../claims/split-digests.ts';
import { runIdWithoutRound } from '../../../attempts/run-of-round.ts';
import type { Leaves, RunInputs } from '../../../report/metrics.ts';
import { digest } from '../../../store/digest.ts';
import { hideSecrets } from '../../../../definitions/documents/secret.ts';
import { readRunRecord } from '../../../store/records/run-record.ts';

/** The pinned settings, the params of the run's record and the base prompts of this round. */
export async function describeInputs({
  store,
  run,
  settings,
  secrets,
}: Pick<ActivityContext, 'store' | 'run' | 'settings' | 'secrets'>): Promise<RunInputs> {
  const record = await readRunRecord(store, runIdWithoutRound(run));
  return secrets.hideIn({
    definitionDigest: record?.definitionDigest ?? null,
    params: leavesOf(record?.params ?? {}),
    configs: Object.fromEntries(
      CONFIG_KEYS.flatMap((key) =>
        Object.entries(leavesOf(settings[key])).map(([path, value]) => [
          `${CONFIG_FILES[key]}: ${path}`,
          value,
        ]),
      ),
    ),
    texts: Object.fromEntries(Object.entries(settings.texts).map(([name, text]) => [name, digest(text)])),
    prompts: await digestSplits({ store, run }),
  });
}

/** The single values in a JSON value, each by its path, e.g. `approaches[0].name`; what looks like a secret is dots. */
export function leavesOf(value: unknown): Leaves {
  return Object.fromEntries(walk(value, ''));
}

function walk(value: unknown, path: string): [string, Leaves[string]][] {
  if (typeof value === 'string') return [[path, hideSecrets(value)]];
  if (typeof value === 'number' || typeof value === 'boolean') return [[path, value]];
  if (typeof value !== 'object' || value === null) return value === null ? [[path, null]] : [];
  const entries = Array.isArray(value)
    ? value.map((item: unknown, index) => [`${path}[${index}]`, item] as const)
    : Object.entries(value).map(
        ([key, item]: [string, unknown]) => [path === '' ? key : `${path}.${key}`, item] as const,
      );
  if (entries.length === 0 && path !== '') return [[path, Array.isArray(value) ? '[]' : '{}']];
  return entries.flatMap(([at, item]) => walk(item, at));
}
