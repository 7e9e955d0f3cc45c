/** The part of a user's table that a task without `part` writes. Durable. */
export const DEFAULT_PART = 'part';
