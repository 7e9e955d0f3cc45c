import { AnswerTable } from './answer-table.ts';

/** Room for one and a half million answers, in 21 MiB. */
const MOST_SLOTS = 7 * 2 ** 18;
const TABLES = 16;

/** Where the answers lie, by their keys: in several tables, for one is there twice while it grows. */
export class AnswerIndex {
  private readonly tables = Array.from({ length: TABLES }, () => new AnswerTable(MOST_SLOTS / TABLES));

  /** @param key sha256, hex. */
  get(key: string): number | undefined {
    return this.tableOf(key)?.get(key);
  }

  /** @param key sha256, hex. @param location an integer from 0 to 2 ** 44 - 1. */
  set(key: string, location: number): void {
    this.tableOf(key)?.set(key, location);
  }

  /** By a digit of the key that its place within a table does not depend on. */
  private tableOf(key: string): AnswerTable | undefined {
    return this.tables[Number.parseInt(key.slice(-1), 16)];
  }
}
