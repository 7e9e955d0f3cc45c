/** What every back end keeps; `places` makes a new empty place, of which any number of processes can open it. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { listDeep, type Backend } from '../../../activities/store/backend.ts';
import { createBucketBackend, type Bucket } from './backends/bucket-backend.ts';
import { openBackend } from '../../../activities/store/open-backend.ts';
import { hasCode } from '../general/general-context.ts';
import { withTemporaryRoot } from './temporary-root.ts';

/** Opens the same place again, as another process does. */
export type OpenPlace = () => Promise<Backend>;

/** Does work in a place of its own; what was opened is closed afterwards. */
export type WithPlace = (work: (open: OpenPlace) => Promise<void>) => Promise<void>;

function closing(open: OpenPlace, work: (open: OpenPlace) => Promise<void>): Promise<void> {
  const opened: Backend[] = [];
  const closeAll = async (): Promise<void> => {
    for (const backend of opened) await backend.close();
  };
  return work(async () => {
    const backend = await open();
    opened.push(backend);
    return backend;
  }).finally(closeAll);
}

/** Every back end there is, and one that is as far away as an object store. */
export const places: { readonly [name: string]: WithPlace } = {
  local: (work) => withTemporaryRoot((root) => closing(async () => openBackend(root), work)),
  bucket: (work) => {
    const bucket: Bucket = new Map();
    return closing(() => createBucketBackend(bucket), work);
  },
};

const text = async (backend: Backend, key: string): Promise<string | undefined> =>
  (await backend.get(key))?.bytes.toString();

/** The tests of the contract in `backend.ts`. */
export function describeContract(name: string, withPlace: WithPlace): void {
  const withTwo = (work: (one: Backend, other: Backend) => Promise<void>): Promise<void> =>
    withPlace(async (open) => work(await open(), await open()));

  describe(`the back end ${name}`, () => {
    it('gives back the very bytes that were put, in every process', () =>
      withTwo(async (one, other) => {
        assert.equal(await one.get('data/none'), undefined);
        await fc.assert(
          fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
            await one.put('data/a b/ü.bin', bytes);
            assert.deepEqual((await other.get('data/a b/ü.bin'))?.bytes, Buffer.from(bytes));
          }),
          { numRuns: 20 },
        );
      }));

    it('puts whole or not at all: what cannot be written leaves what was there', () =>
      withTwo(async (one, other) => {
        await one.put('data/x', 'old');
        const fails = one.putFile('data/x', async (path) => {
          await writeFile(path, 'ne');
          throw new Error('no space');
        });
        await assert.rejects(fails, /no space/);
        assert.equal(await text(other, 'data/x'), 'old');
        await one.putFile('data/x', (path) => writeFile(path, 'new'));
        assert.equal(await text(other, 'data/x'), 'new');
        assert.deepEqual(await other.list('data'), ['x']);
      }));

    it('shows readers whole contents only while two write', () =>
      withTwo(async (one, other) => {
        const contentOf = (writer: number): string => String(writer).repeat(50_000);
        await one.put('data/x', contentOf(0));
        const write = async (backend: Backend, writer: number): Promise<void> => {
          for (let time = 0; time < 10; time += 1) await backend.put('data/x', contentOf(writer));
        };
        const read = async (): Promise<void> => {
          for (let time = 0; time < 30; time += 1) {
            const found = (await text(other, 'data/x')) ?? '';
            assert.equal(found, contentOf(Number(found[0])));
          }
        };
        await Promise.all([write(one, 1), write(other, 2), read()]);
      }));

    it('lists what lies directly in a folder, in order, as soon as it was put', () =>
      withTwo(async (one, other) => {
        assert.deepEqual(await one.list('data'), []);
        for (const key of ['data/b.json', 'data/a/1', 'data/a/2/3', 'data/B', 'models/x']) {
          await one.put(key, '');
        }
        assert.deepEqual(await other.list('data'), ['B', 'a/', 'b.json']);
        assert.deepEqual(await other.list(''), ['data/', 'models/']);
        assert.deepEqual((await listDeep(other, 'data')).toSorted(), [
          'data/B',
          'data/a/1',
          'data/a/2/3',
          'data/b.json',
        ]);
        assert.deepEqual(await other.list('data/B'), []);
      }));

    it('tells size and time of a content, and nothing of a folder', () =>
      withTwo(async (one, other) => {
        const before = Date.now();
        await one.put('data/x', 'ü');
        const found = await other.stat('data/x');
        assert.equal(found?.sizeBytes, 2);
        assert.ok(Math.abs(found.modifiedMs - before) < 60_000);
        assert.equal(await other.stat('data'), undefined);
        assert.equal(await other.stat('data/y'), undefined);
      }));

    it('lets exactly one of many writers with one version put, and tells the others', () =>
      withTwo(async (one, other) => {
        for (const before of [undefined, 'first']) {
          const version = (await one.get('data/x'))?.version;
          assert.equal(version === undefined, before === undefined);
          const told = await Promise.all(
            Array.from({ length: 12 }, (_, writer) =>
              (writer % 2 === 0 ? one : other).putIf('data/x', `${before} ${writer}`, version),
            ),
          );
          assert.equal(told.filter(Boolean).length, 1);
          assert.equal(await text(one, 'data/x'), `${before} ${told.indexOf(true)}`);
        }
        assert.equal(await one.putIf('data/x', 'late', undefined), false);
        assert.equal(await one.putIf('data/y', 'early', (await one.get('data/x'))?.version), false);
        assert.deepEqual(await one.list('data'), ['x']);
      }));

    it('copies and deletes, and says when there is nothing to copy', () =>
      withTwo(async (one, other) => {
        await one.put('data/x', 'text');
        assert.equal(await other.copy('data/x', 'data/deep/y'), true);
        assert.equal(await other.copy('data/none', 'data/z'), false);
        await one.put('data/x', 'changed');
        assert.equal(await text(one, 'data/deep/y'), 'text');
        await one.delete('data/x');
        await one.delete('data/x');
        assert.equal(await text(other, 'data/x'), undefined);
        assert.deepEqual(await other.list('data'), ['deep/']);
      }));

    it('keeps logs that grow, of which others read parts', () =>
      withTwo(async (one, other) => {
        const log = one.openLog('data/logs/a');
        log.append(Buffer.from('one\n'));
        await Promise.all([log.sync(), log.sync()]);
        assert.equal(String(await other.read('data/logs/a', 1, 100)), 'ne\n');
        log.append(Buffer.from('two\n'));
        await log.sync();
        assert.equal(String(await other.read('data/logs/a', 4, 2)), 'tw');
        assert.equal(String(await other.read('data/logs/a', 8, 2)), '');
        log.close();
        using again = one.openLog('data/logs/a');
        again.append(Buffer.from('three'));
        await again.sync();
        assert.equal(await text(other, 'data/logs/a'), 'one\ntwo\nthree');
        await assert.rejects(other.read('data/logs/none', 0, 1));
      }));

    it('follows the whole lines of all logs of a folder but one', () =>
      withTwo(async (one, other) => {
        const logs = ['a', 'b', 'own'].map((key) => one.openLog(`data/logs/${key}`));
        const follower = other.followLogs('data/logs', 'own');
        assert.deepEqual(follower.lines(), []);
        for (const [place, log] of logs.entries()) log.append(Buffer.from(`${place}\nü`));
        await Promise.all(logs.map((log) => log.sync()));
        assert.deepEqual(follower.lines().toSorted(), ['0', '1']);
        assert.deepEqual(follower.lines(), []);
        logs[1]?.append(Buffer.from('\n\nlast\n'));
        await logs[1]?.sync();
        assert.deepEqual(follower.lines(), ['ü', '', 'last']);
        assert.deepEqual(other.followLogs('data/none').lines(), []);
        for (const log of logs) log.close();
      }));

    it('shows contents as files of this machine, as they are now', () =>
      withTwo(async (one, other) => {
        await one.put('models/r/v/a.json', '1');
        await one.put('models/r/v/deep/b.json', '2');
        const file = await other.localFile('models/r/v/a.json');
        assert.equal(file, join(other.localRoot, 'models/r/v/a.json'));
        assert.equal(await readFile(file, 'utf8'), '1');
        const folder = await other.localFolder('models/r');
        assert.equal(await readFile(join(folder, 'v/deep/b.json'), 'utf8'), '2');
        await one.put('models/r/v/a.json', '3');
        await one.delete('models/r/v/deep/b.json');
        await other.localFolder('models/r');
        assert.equal(await readFile(file, 'utf8'), '3');
        await assert.rejects(readFile(join(folder, 'v/deep/b.json')), { code: 'ENOENT' });
        assert.equal(await other.localFile('models/r/v'), undefined);
        assert.equal(await other.localFile('models/none'), undefined);
      }));

    it('refuses what is no key', () =>
      withPlace(async (open) => {
        const backend = await open();
        for (const key of ['..', '../x', '/etc/passwd', 'a/../../x', '', '.', 'a//b', 'a\0b']) {
          await assert.rejects(backend.put(key, 'x'), hasCode('OUTSIDE_ROOT'));
          await assert.rejects(backend.get(key), hasCode('OUTSIDE_ROOT'));
          await assert.rejects(backend.localFile(key), hasCode('OUTSIDE_ROOT'));
          assert.throws(() => backend.openLog(key), hasCode('OUTSIDE_ROOT'));
        }
      }));
  });
}
