/** Runs of other projects, whose work reaches this worker where several projects share one Temporal server. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { OTHER_PROJECT } from '../../definitions/model/other-project.ts';

export interface OwnProject {
  /** The project's id. */
  readonly project: string;
  /** Absolute path of its root. */
  readonly root: string;
}

/** Waits, in milliseconds, before another worker is offered what was handed back: short, since the right one may be idle. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/**
 * Throws `OTHER_PROJECT` for a run of another project: to be called before anything is read or written. It is tried again
 * after a moment, in the hope that one of the right project's workers takes it.
 *
 * @param pinned id of the run's project; undefined for a run of an earlier version, which is any worker's.
 * @param subject what is of that project.
 */
export function assertOwnRun(
  { project, root }: OwnProject,
  pinned: string | undefined,
  subject: string,
): void {
  if (pinned === undefined || pinned === project) return;
  const { attempt } = Context.current().info;
  throw ApplicationFailure.create({
    type: OTHER_PROJECT,
    message: `${subject} is of the project ${pinned}; this worker is of the project ${project} (${root}) and has left it alone. Start one in the right project: prose worker`,
    nextRetryDelay: Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)),
  });
}
