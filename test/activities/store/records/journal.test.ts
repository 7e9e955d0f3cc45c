import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { openJournal as openJournalOf } from '../../../../activities/store/records/journal.ts';
import { openBackend } from '../../../../activities/store/open-backend.ts';
import type { Journal } from '../../../../activities/store/store.ts';
import { withTemporaryRoot } from '../temporary-root.ts';

const inJournal = (work: (path: string) => Promise<void>): Promise<void> =>
  withTemporaryRoot((root) => work(join(root, 'journal', 'shard.jsonl')));

function openJournal<Entry>(path: string): Promise<Journal<Entry>> {
  return openJournalOf<Entry>(openBackend(dirname(path)), basename(path));
}

describe('openJournal', () => {
  it('gives back what was appended, the last entry of a key counting', () =>
    inJournal(async (path) => {
      const first = await openJournal<{ value: string }>(path);
      assert.equal(first.finished.size, 0);
      await first.append('a', { value: 'old' });
      await first.append('b', { value: 'line\nbreak ü' });
      await first.append('a', { value: 'new' });
      await first.close();
      const second = await openJournal<{ value: string }>(path);
      assert.deepEqual(
        [...second.finished],
        [
          ['a', { value: 'new' }],
          ['b', { value: 'line\nbreak ü' }],
        ],
      );
      assert.equal(second.damagedLines, 0);
      await second.close();
    }));

  it('keeps every append of many at once, also from two openers', () =>
    inJournal(async (path) => {
      const [left, right] = [await openJournal<number>(path), await openJournal<number>(path)];
      const append = (index: number): Promise<void> =>
        (index % 2 === 0 ? left : right).append(`key ${index}`, index);
      await Promise.all(Array.from({ length: 400 }, (_, index) => append(index)));
      await Promise.all([left.close(), right.close()]);
      const again = await openJournal<number>(path);
      assert.equal(again.finished.size, 400);
      assert.equal(again.finished.get('key 399'), 399);
      await again.close();
    }));

  it('recovers the entries before any cut, and goes on after it (J2)', () =>
    inJournal(async (path) => {
      const entries = Array.from({ length: 6 }, (_, index) => `entry ${index} "quoted" ü☃`);
      const whole = entries
        .map((entry, index) => `${JSON.stringify({ key: String(index), entry })}\n`)
        .join('');
      await mkdir(dirname(path), { recursive: true });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: Buffer.byteLength(whole) }), async (cutAt) => {
          await writeFile(path, whole);
          await truncate(path, cutAt);
          const lines = (await readFile(path)).toString().split('\n').slice(0, -1);
          const journal = await openJournal<string>(path);
          // A cut between a line's content and its line break loses nothing.
          assert([lines.length, lines.length + 1].includes(journal.finished.size));
          assert.deepEqual([...journal.finished.values()], entries.slice(0, journal.finished.size));
          await journal.append('next', 'appended');
          await journal.close();
          const again = await openJournal<string>(path);
          assert.deepEqual(new Map([...journal.finished, ['next', 'appended']]), again.finished);
          await again.close();
        }),
      );
    }));

  it('skips and counts damaged lines in the middle', () =>
    inJournal(async (path) => {
      const journal = await openJournal<number>(path);
      await journal.append('a', 1);
      await appendFile(path, '{"key":"b","en\n\0\0\0\nnull\n');
      await journal.append('c', 3);
      await journal.close();
      const again = await openJournal<number>(path);
      assert.deepEqual([...again.finished.keys()], ['a', 'c']);
      assert.equal(again.damagedLines, 3);
      await again.close();
    }));

  it('has an entry on disk when its append resolves (J1)', () =>
    inJournal(async (path) => {
      const order: string[] = [];
      const backend = openBackend(dirname(path));
      const openLog = backend.openLog.bind(backend);
      backend.openLog = (key) => {
        const log = openLog(key);
        const sync = log.sync.bind(log);
        log.sync = async () => {
          await sync();
          order.push('on disk');
        };
        return log;
      };
      const journal = await openJournalOf<number>(backend, basename(path));
      await journal.append('a', 1);
      order.push('resolved');
      assert.deepEqual(order, ['on disk', 'resolved']);
      await journal.close();
    }));

  it('refuses appends once it is closed', () =>
    inJournal(async (path) => {
      const journal = await openJournal<number>(path);
      const pending = journal.append('a', 1);
      await journal.close();
      await pending;
      await assert.rejects(journal.append('b', 2));
    }));
});
