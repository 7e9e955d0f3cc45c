/** Whose a run is, in its memo: workers of other projects leave it alone by that (workers/own-runs.ts). Durable. */

/** @param project id of the run's project; undefined where it is not known. */
export function ownedBy(project: string | undefined): { readonly project?: string } {
  return project === undefined ? {} : { project };
}
