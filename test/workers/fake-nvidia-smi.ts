/** A program `nvidia-smi` for tests, to be put first on the PATH. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two sets of two: four H100s and a smaller one between them. */
export const FOUR_H100_AND_A_T4 = `0, GPU-00000000-aaaa, NVIDIA H100 80GB HBM3, 81559
1, GPU-11111111-aaaa, NVIDIA H100 80GB HBM3, 81559
2, GPU-22222222-aaaa, Tesla T4, 15360
3, GPU-33333333-aaaa, NVIDIA H100 80GB HBM3, 81559
4, GPU-44444444-aaaa, NVIDIA H100 80GB HBM3, 81559
`;

/** @returns the PATH with a folder in front whose `nvidia-smi` prints `output` and ends with `exitCode`. */
export async function fakeNvidiaSmi(output: string, exitCode = 0): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'prose-nvidia-'));
  await writeFile(join(folder, 'output'), output);
  const script = `#!/bin/sh\ncat '${join(folder, 'output')}'\nexit ${exitCode}\n`;
  await writeFile(join(folder, 'nvidia-smi'), script, { mode: 0o755 });
  return `${folder}:${process.env['PATH'] ?? ''}`;
}
