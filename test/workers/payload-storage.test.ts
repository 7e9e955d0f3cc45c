import assert from 'node:assert/strict';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createPayloadStorage } from '../../workers/payload-storage.ts';
import { inline } from '../../workflows/temporal/inline.ts';
import { createMemoryStore } from '../support/memory-store.ts';

const large = { text: '€"'.repeat(5_000) };

function payloadOf(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

function size({ data }: Payload): number {
  return data?.length ?? 0;
}

describe('payloads', () => {
  const storage = createPayloadStorage(createMemoryStore(), 'test');

  it('go by a reference where they are large, and come back as they were', async () => {
    const [kept, moved] = await storage.encode([payloadOf({ a: 1 }), payloadOf(large)]);
    assert.ok(kept && moved);
    assert.deepEqual(kept, payloadOf({ a: 1 }));
    assert.ok(size(moved) < 200);
    const decoded = await storage.decode([kept, moved]);
    assert.deepEqual(
      decoded.map((payload) => defaultPayloadConverter.fromPayload(payload)),
      [{ a: 1 }, large],
    );
  });

  it('have the same reference each time they are moved', async () => {
    assert.deepEqual(await storage.encode([payloadOf(large)]), await storage.encode([payloadOf(large)]));
  });

  it('stay where they are if people read them, or if they are no JSON', async () => {
    const bytes = payloadOf(new Uint8Array(10_000));
    assert.deepEqual(await storage.encode([inline(large).payload, bytes]), [payloadOf(large), bytes]);
  });

  it('that people read are plain JSON and nothing else, so that the temporal CLI prints them as such', async () => {
    const [read] = await storage.encode([inline({ a: 1 }).payload]);
    assert.deepEqual(Object.keys(read?.metadata ?? {}), ['encoding']);
  });

  it("are refused by name where another project's store has them, and taken for one's own where that is not said", async () => {
    const store = createMemoryStore();
    const [moved] = await createPayloadStorage(store, 'theirs').encode([payloadOf(large)]);
    assert.ok(moved);
    const own = createPayloadStorage(store, 'mine');
    await assert.rejects(own.decode([moved]), { name: 'OTHER_PROJECT', message: /theirs.*mine/ });
    const { project: _, ...earlier } = JSON.parse(Buffer.from(moved.data ?? []).toString()) as {
      project: string;
    };
    const [decoded] = await own.decode([{ ...moved, data: Buffer.from(JSON.stringify(earlier)) }]);
    assert.ok(decoded);
    assert.deepEqual(defaultPayloadConverter.fromPayload(decoded), large);
  });

  it('are shown by tools as a digest, a size and a project', async () => {
    const [moved] = await storage.encode([payloadOf(large)]);
    const shown = JSON.parse(Buffer.from(moved?.data ?? []).toString()) as object;
    assert.deepEqual(Object.keys(shown), ['digest', 'bytes', 'project']);
  });
});
