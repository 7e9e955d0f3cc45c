/**
 * Something that a task's output follows from has no digest: nothing is kept or taken. The message is the end of the
 * sentence "The task cannot be cached: …".
 */
export class Uncacheable extends Error {
  override readonly name = 'Uncacheable';
}
