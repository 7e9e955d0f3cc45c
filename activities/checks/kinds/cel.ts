import { conditionSource, evaluate, ExpressionError } from '../../../definitions/expressions/expression.ts';
import type { Value } from '../../../definitions/model/types.ts';
import { factsOf, unscored, type CheckRunner } from '../check.ts';
import { readScore } from './read-score.ts';

export const cel: CheckRunner<'cel'> = {
  kind: 'cel',
  batchSize: 20,
  async run(config, answers) {
    const expression = `\${${conditionSource(config)}}`;
    return answers.map((answer) => {
      let value: Value;
      try {
        value = evaluate(expression, { values: { ...factsOf(answer) } });
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        return unscored(error.code, error.message);
      }
      return readScore(value, null);
    });
  },
};
