/** `npm run bench [-- AREA …]`: runs the benchmarks of the areas named, or of all; figures go to standard output. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const areas = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((area) => !areas.includes(area));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark area '${unknown.join("', '")}'. The areas are: ${areas.join(', ')}.\n`,
  );
  process.exit(2);
}
for (const area of wanted.length > 0 ? wanted : areas) {
  for (const file of readdirSync(join(here, area)).filter((name) => name.endsWith('.bench.ts'))) {
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(here, area, file)], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exit(status ?? 1);
  }
}
