/**
 * Error type of an attempt that a worker of another project has handed back, with nothing done. Such an attempt is none of
 * the task's: once Temporal's are used up, the activity is asked for anew. Durable.
 */
export const OTHER_PROJECT = 'OTHER_PROJECT';
