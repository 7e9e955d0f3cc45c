/** Schedules that may not be there. */
import type { ScheduleHandle } from '@temporalio/client';
import { CliError, exitCodes } from '../cli-error.ts';

/** Lets an unknown Schedule be told as such: `CliError` `NO_SUCH_SCHEDULE`. */
export async function orNoSuchSchedule<T>(id: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CliError(
      'NO_SUCH_SCHEDULE',
      `There is no Schedule '${id}': \`prose schedule list\` shows all, \`prose schedule create\` makes one`,
      exitCodes.wrongInput,
    );
  }
}

export async function exists(handle: ScheduleHandle): Promise<boolean> {
  try {
    await handle.describe();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'ScheduleNotFoundError';
}
