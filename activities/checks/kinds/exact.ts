import { verdict } from '../check.ts';
import { comparable, comparing, told } from './compare.ts';

export const exact = comparing('exact', (output, expected, { ignoreCase }) => {
  const passes = comparable(output, ignoreCase) === comparable(expected, ignoreCase);
  return verdict(passes, `it is ${told(output)}, not ${told(expected)}`);
});
