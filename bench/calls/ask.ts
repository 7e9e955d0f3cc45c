/** A process: `ask.ts SIDE ENDPOINT MODEL COUNT` makes so many calls, after as many to warm up; prints calls per second. */
import { isSideName, IN_FLIGHT, sides } from './sides.ts';

const [name = '', endpoint = '', model = '', calls = ''] = process.argv.slice(2);
if (!isSideName(name)) throw new Error(`There is no side '${name}'.`);
const side = sides[name](endpoint, model);
let nextSeed = 1;

/** Calls per second of `count` calls, 64 at once, each unlike any before. */
async function throughput(count: number): Promise<number> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      nextSeed += 1;
      await side.ask(nextSeed);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return (1000 * count) / (performance.now() - startedAt);
}

try {
  await throughput(Number(calls));
  process.stdout.write(`${await throughput(Number(calls))}\n`);
} finally {
  await side.close();
}
