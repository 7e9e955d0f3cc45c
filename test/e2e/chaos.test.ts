import { assertSurvivesChaos } from '../support/chaos-cases.ts';

// The short form of `npm run test:chaos`.
describe('a run whose worker, Temporal and models are killed and stopped at random', function () {
  this.timeout(600_000);

  it('comes to the rows of an undisturbed one, and repeats no call but those in flight', async () => {
    await assertSurvivesChaos({
      seed: Number(process.env['PROSE_SEED'] ?? 1),
      count: 5,
      faultRate: 0.2,
      params: { basePrompts: 16, variations: 3, seed: 11 },
    });
  });
});
