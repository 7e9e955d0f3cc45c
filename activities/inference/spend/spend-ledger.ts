/**
 * What each run has spent, by role and endpoint, on disk: `data/ledger/run=<run>/<process>.jsonl`. Invariants:
 * L1. A process appends to files of its own, so processes, also on other machines, need no locks; what a run has spent
 *     is the sum over all files.
 * L2. A line says what was spent since the line before it, and is written within `WRITE_DELAY_MS` and the time that the
 *     disk takes: a process knows at once what it has spent, and others then, or `OPEN_MS` later where a network file system
 *     shows them only what was closed. A killed process loses what it has not written.
 * L3. With a budget no call begins unless what is known to be spent, and the calls that this process has under way, leave
 *     room for it. So a budget is passed by no more than the calls that were under way when it was reached: in `calls` by
 *     those of other processes only; in tokens and money, which are known with the answer, by all of them. The calls that
 *     begin in one turn of the event loop share one look at what others have written.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Budget } from '../../../configs/settings/types.ts';
import type { Backend } from '../../store/backend.ts';
import { ledgerFolder } from '../../store/paths.ts';
import { BudgetError } from './budget-error.ts';
import { addEntry, LedgerFiles, type LedgerEntry } from './ledger-files.ts';
import type { Account } from '../model-client.ts';
import { addSpend, NO_SPEND, reachedPart, type Spend } from './spend.ts';

/** From a write to the next: a fast server answers thousands of calls a second. */
const WRITE_DELAY_MS = 5;
/** For so long at the most a file stays open while it is written. */
const OPEN_MS = 100;

export interface SpendLedger {
  /** The account of a run. @param budget absent = without limit. */
  account(runId: string, budget?: Budget): Account;
}

/** What a process knows of a run's spend. */
interface Book {
  own: Spend;
  /** Calls of this process that are under way. */
  inFlight: number;
  readonly others: LedgerFiles;
  /** Whether they were read in this turn of the event loop. */
  isFresh: boolean;
  readonly append: (entry: LedgerEntry) => void;
}

/** The ledger of a process. */
export function createSpendLedger({
  backend,
  log,
}: {
  readonly backend: Backend;
  readonly log: Logger;
}): SpendLedger {
  const name = `${randomBytes(8).toString('hex')}.jsonl`;
  const books = new Map<string, Book>();

  function bookOf(runId: string): Book {
    const folder = ledgerFolder(runId);
    const book = books.get(runId) ?? {
      own: NO_SPEND,
      inFlight: 0,
      others: new LedgerFiles(backend.followLogs(folder, name)),
      isFresh: false,
      append: createAppender(backend, `${folder}/${name}`, log),
    };
    books.set(runId, book);
    return book;
  }

  return {
    account(runId, budget) {
      const book = bookOf(runId);
      return {
        begin() {
          if (budget !== undefined) assertRoom(book, budget);
          book.inFlight += 1;
        },
        end(role, endpoint, spend) {
          book.inFlight -= 1;
          if (spend === undefined) return;
          book.own = addSpend(book.own, spend);
          book.append({ role, endpoint, ...spend });
        },
      };
    },
  };
}

/** The ledger of a run, as far as it is on this disk; `refresh` reads what has been added since. */
export function openLedger(backend: Backend, runId: string): LedgerFiles {
  const files = new LedgerFiles(backend.followLogs(ledgerFolder(runId)));
  files.refresh();
  return files;
}

function assertRoom(book: Book, budget: Budget): void {
  if (!book.isFresh) {
    book.others.refresh();
    book.isFresh = true;
    setImmediate(() => (book.isFresh = false));
  }
  const spent = addSpend(book.own, book.others.total);
  const spend = { ...spent, calls: spent.calls + book.inFlight };
  const part = reachedPart(budget, spend);
  if (part !== undefined) throw new BudgetError(budget, spend, part);
}

/** Appends entries in the background, those that came meanwhile together. */
function createAppender(backend: Backend, key: string, log: Logger): (entry: LedgerEntry) => void {
  const waiting = new Map<string, LedgerEntry>();
  let isWriting = false;
  let isTorn = false;

  async function writeWaiting(): Promise<void> {
    const file = backend.openLog(key);
    const openUntilMs = performance.now() + OPEN_MS;
    try {
      while (waiting.size > 0 && performance.now() < openUntilMs) {
        for (const [which, entry] of waiting) {
          // A line that a full disk has cut is nobody's, and what it was to say is said again.
          const line = `${isTorn ? '\n' : ''}${JSON.stringify(entry)}\n`;
          isTorn = true;
          file.append(Buffer.from(line));
          isTorn = false;
          waiting.delete(which);
        }
        await sleep(WRITE_DELAY_MS);
      }
    } finally {
      file.close();
    }
  }

  async function write(): Promise<void> {
    isWriting = true;
    try {
      // Entries that come while the file is closed, or are left over then, need it once more.
      while (waiting.size > 0) await writeWaiting();
    } catch (error) {
      // Of no harm to the calls: this process goes on by what it knows itself, and tries again with the next of them.
      log.warn({ err: error, key }, 'what was spent cannot be written');
    } finally {
      isWriting = false;
    }
  }

  return (entry) => {
    addEntry(waiting, entry);
    if (!isWriting) void write();
  };
}
