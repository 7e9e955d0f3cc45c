/** The files of a run's ledger, read as they grow. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isFields } from '../../../definitions/documents/fields.ts';
import { parseJson } from '../json-value.ts';
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

/** Coarser than the time stamps of any file system in use but FAT's, in milliseconds. */
const TIMESTAMP_MS = 50;

export class LedgerFiles {
  /** Sum of what was read. */
  total: Spend = NO_SPEND;
  /** The same by role and endpoint. */
  readonly entries = new Map<string, LedgerEntry>();
  private readonly directory: string;
  private readonly except: string | undefined;
  private readonly readBytes = new Map<string, number>();
  private listed: readonly string[] = [];
  private listedAtMs = -Infinity;

  /** @param except name of a file that is left out. */
  constructor(directory: string, except?: string) {
    this.directory = directory;
    this.except = except;
  }

  /** Reads what has been written since. Without a wait, because a call must not begin on an older sum. */
  refresh(): void {
    for (const name of this.names()) {
      const path = join(this.directory, name);
      const from = this.readBytes.get(name) ?? 0;
      const { size } = statSync(path);
      if (size <= from) continue;
      // A line that is still being written is read once it is whole.
      const text = readPart(path, from, size);
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      this.readBytes.set(name, from + Buffer.byteLength(whole));
      for (const line of whole.split('\n')) this.add(line);
    }
  }

  /** Listed anew only if a file can have come since, because this is done for every call. */
  private names(): readonly string[] {
    const changedAtMs = statSync(this.directory, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAtMs === undefined) return [];
    if (changedAtMs + TIMESTAMP_MS >= this.listedAtMs) {
      this.listedAtMs = Date.now();
      this.listed = readdirSync(this.directory).filter((name) => name !== this.except);
    }
    return this.listed;
  }

  private add(line: string): void {
    const entry = parseEntry(line);
    if (entry === undefined) return;
    this.total = addSpend(this.total, entry);
    addEntry(this.entries, entry);
  }
}

function readPart(path: string, from: number, to: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(to - from);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

/** Undefined for a line that was cut by a kill. */
function parseEntry(line: string): LedgerEntry | undefined {
  const value = parseJson(line);
  if (!isFields(value)) return undefined;
  const { role, endpoint, calls, promptTokens, completionTokens, money } = value;
  const isWhole =
    typeof role === 'string' &&
    typeof endpoint === 'string' &&
    [calls, promptTokens, completionTokens, money].every((amount) => typeof amount === 'number');
  return isWhole ? (value as unknown as LedgerEntry) : undefined;
}
