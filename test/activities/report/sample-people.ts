import type { PeopleMetrics } from '../../../activities/report/metrics.ts';

/** What two made-up people said of the made-up run. */
export const samplePeople: PeopleMetrics = {
  form: 'criteria',
  arm: 'ranker',
  asked: 20,
  labelled: 18,
  people: 2,
  simulated: true,
  judged: { mean: 0.62, low: 0.41, high: 0.83 },
  corrected: { mean: 0.31, low: 0.02, high: 0.6 },
  judgeWeight: 0.7,
  agreement: [1, 2, 3].map((validator) => ({
    validator,
    criterion: 'Depth',
    alpha: validator / 4,
    low: 0.1,
    high: 0.9,
    answers: 36,
  })),
  amongPeople: [{ criterion: 'Depth', alpha: 0.8, low: 0.7, high: 0.9 }],
};
