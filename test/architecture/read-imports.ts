/** Who imports whom, as the source says. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface Import {
  /** Project file. */
  readonly from: string;
  /** Project file, or the package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const FOLDERS = [
  'definitions',
  'configs',
  'workflows',
  'activities',
  'workers',
  'cli',
  'deploy',
  'test',
  'bench',
];
/** Static and dynamic imports; no quotes, brackets or `=` stand between `import` and `from`. */
const IMPORT =
  /^(?:import|export)\s+(type\s)?[^;'"`()=]*?\bfrom\s+'([^']+)'|\bimport\('([^']+)'\)|^import\s+'([^']+)'/gm;

/** Every source file of the project, relative to its root. */
export function sourceFiles(root: string): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map((file) => join(folder, file)),
  );
}

export function readImports(root: string): Import[] {
  return sourceFiles(root).flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')));
}

/** @param file project file that the source is of */
export function importsOf(file: string, source: string): Import[] {
  return [...source.matchAll(IMPORT)].map((match) => {
    const target = match[2] ?? match[3] ?? match[4] ?? '';
    return {
      from: file,
      to: target.startsWith('.') ? relative('/', join('/', dirname(file), target)) : target,
      typeOnly: match[1] !== undefined,
    };
  });
}
