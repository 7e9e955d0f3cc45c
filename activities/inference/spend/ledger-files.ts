/** The files of a run's ledger, read as they grow. */
import { parseFields } from '../../../definitions/documents/json-text.ts';
import type { LogFollower } from '../../store/backend.ts';
import { addSpend, NO_SPEND, type Spend } from './spend.ts';

/** A line of a ledger: what was spent since the one before. Durable. */
export interface LedgerEntry extends Spend {
  readonly role: string;
  readonly endpoint: string;
}

/** Adds an entry to those of the same role and endpoint. */
export function addEntry(entries: Map<string, LedgerEntry>, entry: LedgerEntry): void {
  const key = `${entry.role}\n${entry.endpoint}`;
  const { role, endpoint } = entry;
  entries.set(key, { role, endpoint, ...addSpend(entries.get(key) ?? NO_SPEND, entry) });
}

/** What a run has spent, as far as this machine has heard of it. */
export class LedgerFiles {
  /** Sum of what was read. */
  total: Spend = NO_SPEND;
  /** The same by role and endpoint. */
  readonly entries = new Map<string, LedgerEntry>();
  private readonly logs: LogFollower;

  constructor(logs: LogFollower) {
    this.logs = logs;
  }

  /** Reads what has been written since. Without a wait, because a call must not begin on an older sum. */
  refresh(): void {
    for (const line of this.logs.lines()) {
      const entry = parseEntry(line);
      if (entry === undefined) continue;
      this.total = addSpend(this.total, entry);
      addEntry(this.entries, entry);
    }
  }
}

/** Undefined for a line that was cut by a kill. */
function parseEntry(line: string): LedgerEntry | undefined {
  const value = parseFields(line);
  if (value === undefined) return undefined;
  const { role, endpoint, calls, promptTokens, completionTokens, money } = value;
  const isWhole =
    typeof role === 'string' &&
    typeof endpoint === 'string' &&
    [calls, promptTokens, completionTokens, money].every((amount) => typeof amount === 'number');
  return isWhole ? (value as unknown as LedgerEntry) : undefined;
}
