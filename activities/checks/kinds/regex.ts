import { boundedPatterns } from '../../../definitions/documents/bounded-patterns.ts';
import { verdict, type CheckRunner } from '../check.ts';

export const regex: CheckRunner<'regex'> = {
  kind: 'regex',
  batchSize: 100,
  async run(config, answers) {
    const pattern = boundedPatterns(config, 'u');
    return answers.map(({ output }) => verdict(pattern.test(output), `the pattern ${config} does not match`));
  },
};
