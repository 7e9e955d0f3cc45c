/** Which parts of the local stack a run needs. */
import { rolesOf } from '../../configs/settings/roles.ts';
import type { Settings } from '../../configs/settings/types.ts';
import { usualParts, type PartName } from '../../deploy/stack/stack-part.ts';
import { getObject } from '../../activities/store/records/objects.ts';
import { getText, type Backend } from '../../activities/store/backend.ts';
import { runRecordFile, type RunRecord } from '../../activities/store/records/run-record.ts';
import { isEmbedded } from '../../configs/settings/simulated.ts';

/** The usual ones, but the bundled, simulated models where no role may ask them. */
export function partsFor(
  settings: Settings,
  { needsModels = true, isOnLocalModel = false } = {},
): readonly PartName[] {
  const asksSimulated = needsModels && rolesOf(settings).some(isEmbedded);
  const parts = usualParts.filter((part) => part !== 'models' || asksSimulated);
  return isOnLocalModel ? [...parts, 'localModel'] : parts;
}

/** The same for a run that was started before, by the settings that are pinned with it; the usual ones where that is not known. */
export async function partsOfRun(backend: Backend, runId: string): Promise<readonly PartName[]> {
  const record = await getText(backend, runRecordFile(runId));
  const digest = record === undefined ? undefined : (JSON.parse(record) as RunRecord).settingsDigest;
  if (digest === undefined) return usualParts;
  return partsFor((await getObject(backend, digest)) as Settings);
}
