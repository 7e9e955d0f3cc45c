import { verdict, type CheckRunner } from '../check.ts';
import { comparable, expectedText, told } from './compare.ts';

export const exact: CheckRunner<'exact'> = {
  kind: 'exact',
  batchSize: 1_000,
  run: async (config, answers) =>
    answers.map((answer) => {
      const expected = expectedText(config, answer);
      if (typeof expected !== 'string') return expected;
      const { ignoreCase } = config;
      const passes = comparable(answer.output, ignoreCase) === comparable(expected, ignoreCase);
      return verdict(passes, `it is ${told(answer.output)}, not ${told(expected)}`);
    }),
};
