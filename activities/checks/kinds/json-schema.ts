import { Ajv2020 } from 'ajv/dist/2020.js';
import { boundedPatterns } from '../../../definitions/documents/bounded-patterns.ts';
import { parseJson } from '../../../definitions/documents/json-text.ts';
import { verdict, type CheckRunner } from '../check.ts';

/** JSON alone in a code fence, as models like to write it. */
const FENCED = /^\s*```(?:json)?\s*\n([^]*?)\n?\s*```\s*$/i;

export const jsonSchema: CheckRunner<'jsonSchema'> = {
  kind: 'jsonSchema',
  batchSize: 500,
  async run(config, answers) {
    const ajv = new Ajv2020({ strict: false, code: { regExp: boundedPatterns } });
    const fits = ajv.compile(config);
    return answers.map(({ output }) => {
      const value = parseJson(FENCED.exec(output)?.[1] ?? output);
      if (value === undefined) return verdict(false, 'it is no JSON');
      return verdict(fits(value), ajv.errorsText(fits.errors, { dataVar: 'it' }));
    });
  },
};
