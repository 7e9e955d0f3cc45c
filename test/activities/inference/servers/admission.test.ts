import assert from 'node:assert/strict';
import { Admission } from '../../../../activities/inference/servers/admission.ts';
import { createEndpoints, type Endpoints } from '../../../../activities/inference/servers/endpoints.ts';

const noPreference = { failed: undefined, prefix: undefined };
const never = new AbortController().signal;

describe('Admission', () => {
  let endpoints: Endpoints;
  let admission: Admission;
  beforeEach(() => {
    endpoints = createEndpoints('http://127.0.0.1:1/v1');
    admission = new Admission();
  });
  afterEach(() => {
    admission.close();
    return endpoints.close();
  });

  /** Callers 0 to count − 1 enter at once; gives their numbers in the order in which they got a place. */
  function queue(count: number, signalOf: (caller: number) => AbortSignal = () => never): number[] {
    const entered: number[] = [];
    const servers = endpoints.resolve(['embedded']);
    for (let caller = 0; caller < count; caller += 1) {
      const place = admission.enter(servers, noPreference, signalOf(caller));
      if (place instanceof Promise) place.then(() => entered.push(caller)).catch(() => {});
      else entered.push(caller);
    }
    return entered;
  }

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const freeOnePlace = async (): Promise<void> => {
    endpoints.resolve(['embedded'])[0]?.limit.end();
    admission.leave();
    await settle();
  };

  it('lets callers in as far as the limit goes, and the others in the order in which they came', async () => {
    const entered = queue(40);
    await settle();
    const first = entered.length;
    assert.ok(first > 0 && first < 40);
    for (let freed = first; freed < 40; freed += 1) await freeOnePlace();
    assert.deepEqual(
      entered,
      Array.from({ length: 40 }, (_, caller) => caller),
    );
  });

  it('passes over a caller who has given up', async () => {
    const controller = new AbortController();
    const entered = queue(40, (caller) => (caller === 20 ? controller.signal : never));
    controller.abort();
    await settle();
    for (let freed = entered.length; freed < 39; freed += 1) await freeOnePlace();
    assert.equal(entered.length, 39);
    assert.equal(entered.includes(20), false);
  });
});
