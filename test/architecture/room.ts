/** How the rules say what a room may import. */

/**
 * A folder, or several of one kind. It may import itself, what is listed, and nothing else. An entry ends in `/` (a folder of
 * the project and all below it), names a file, or names a package with all its parts; `node:` stands for all of Node's modules.
 */
export interface Room {
  /** Files whose path begins so; of several rooms the one with the longest path counts. `*` = each folder is a room of its own. */
  readonly path: string;
  readonly values: readonly string[];
  /** What it may import as types only, besides `values`. */
  readonly types?: readonly string[];
}
