import { verdict } from '../check.ts';
import { comparable, comparing, told } from './compare.ts';

export const contains = comparing('contains', (output, expected, { ignoreCase }) => {
  const passes = comparable(output, ignoreCase).includes(comparable(expected, ignoreCase));
  return verdict(passes, `${told(expected)} does not stand in it`);
});
