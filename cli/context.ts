/** What the command line is given by the process it runs in; tests give their own. */
import type { Readable, Writable } from 'node:stream';

type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  /** Working directory. */
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  /** Calls `handler` at every Ctrl-C until the returned function is called; the process does not end meanwhile. */
  onInterrupt(handler: () => void): () => void;
  /** The same for every signal that asks this process to end: Ctrl-C, SIGTERM, and the terminal that is closed. */
  onEndSignal(handler: (signal: NodeJS.Signals) => void): () => void;
}
