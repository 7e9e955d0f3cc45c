/** What a run's id was used for. Durable: `data/runs/<run>.json`. */
import type { Value } from '../../../definitions/model/types.ts';
import { fileNameOfRun } from '../run-paths.ts';
import type { Store } from '../store.ts';

export interface RunRecord {
  readonly runId: string;
  /** Digest of what was pinned and of the params: the id cannot be used for anything else. */
  readonly claim: string;
  /** Checked, with their defaults. Left out by earlier versions. */
  readonly params?: { readonly [name: string]: Value };
  /** Digest of the definition and of those that it runs. Left out by earlier versions. */
  readonly definitionDigest?: string;
  /** Of the pinned settings, which lie in the store under it. Left out by earlier versions. */
  readonly settingsDigest?: string;
}

/** Key of a run's record. */
export function runRecordFile(runId: string): string {
  return `data/runs/${fileNameOfRun(runId)}.json`;
}

/** Undefined if no run with this id was pinned. */
export async function readRunRecord(
  store: Pick<Store, 'readFile'>,
  runId: string,
): Promise<RunRecord | undefined> {
  const content = await store.readFile(runRecordFile(runId));
  return content === undefined ? undefined : (JSON.parse(content) as RunRecord);
}
