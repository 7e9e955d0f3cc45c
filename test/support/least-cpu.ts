/** CPU time that work takes, whatever else the machine does. */

/** Times that work is measured that seems to take too long. */
const TRIES = 3;

/**
 * CPU time of this process while it does `work`, in milliseconds. Collecting the garbage of others, or a neighbour on the same core, can
 * only add to it: where it is above `most`, the least of three tries counts.
 */
export function leastCpuMs(most: number, work: () => void): number {
  let least = Infinity;
  for (let attempt = 0; attempt < TRIES && least > most; attempt += 1) {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
