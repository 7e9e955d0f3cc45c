import { assertImport } from './imports/assert-import.ts';
import { keptFiles } from './imports/kept-files.ts';
import { refusedFiles } from './imports/refused-files.ts';

describe('odd files', () => {
  for (const odd of [...keptFiles(), ...refusedFiles()]) it(odd.name, () => assertImport(odd));
});
