import { join } from 'node:path';
import { assertSurvivesChaos, type ChaosCase } from '../support/chaos-cases.ts';

/** `PROSE_SEED=7 npm run test:chaos` repeats what another run has done. */
const seed = Number(process.env['PROSE_SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** Fifty disturbances take some minutes; the run must have work for as long, more of it where nothing fails. */
const paramsAt = (faultRate: number) => ({
  basePrompts: faultRate === 0 ? 220 : 120,
  variations: 6,
  seed: 11,
});

/** Says what was survived, for a run may be over before the last disturbance. */
async function survive(chaos: ChaosCase): Promise<void> {
  const { disturbances, calls, repeated } = await assertSurvivesChaos(chaos);
  process.stdout.write(
    `${disturbances} of ${chaos.count} disturbances; ${calls} calls, ${repeated} repeated, all of them in flight\n`,
  );
}

describe(`chaos with seed ${seed}`, function () {
  this.timeout(3_600_000);

  for (const faultRate of [0, 0.2, 0.5]) {
    it(`leaves rows and calls as they are, with ${faultRate * 100}% of requests failing`, () =>
      survive({ seed, count: 50, faultRate, params: paramsAt(faultRate) }));
  }

  it('leaves them as they are where the clock of the worker jumps by up to an hour', () =>
    survive({
      seed,
      count: 10,
      faultRate: 0,
      params: { basePrompts: 40, variations: 4, seed: 11 },
      workerEnv: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'jumping-clock.mjs')}` },
    }));

  it('leaves them as they are where the disk is full or write-protected now and then (needs root, to mount a small one)', () =>
    survive({
      seed,
      count: 6,
      faultRate: 0,
      params: { basePrompts: 40, variations: 4, seed: 11 },
      diskMegabytes: 64,
    }));
});
