/** What the task runner asks to be run. */
import type { Priority } from '@temporalio/common';
import type { ActivityOptions } from '@temporalio/workflow';
import type { CacheOption, Value } from '../../definitions/model/types.ts';

/** One activity to be run: everything Temporal needs to know about it. */
export interface ActivityCall {
  readonly activity: string;
  /** Path of the task instance. */
  readonly task: string;
  readonly with: Value;
  /** Characters of that as JSON. */
  readonly chars: number;
  readonly options: ActivityOptions;
  /** Rounds of the tasks around it that repeat, outermost first. */
  readonly rounds?: readonly number[];
  /** Absent = neither is an earlier success looked for, nor is this one kept. */
  readonly cache?: Exclude<CacheOption, false>;
}

/** One run of another definition. */
export interface WorkflowCall {
  readonly workflow: string;
  /** Path of the task instance. */
  readonly task: string;
  /** The params of that run. */
  readonly with: Value;
  /** Characters of that as JSON. */
  readonly chars: number;
  /** Default: that of the run. */
  readonly priority?: Priority | undefined;
  /** It has run before, and goes on with what it had come to. */
  readonly resumes?: true;
}
