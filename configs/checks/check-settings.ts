/** Checks of configs beyond their schemas; those of one file first, then those across files. */
import { isFields } from '../../definitions/documents/fields.ts';
import type { Found } from '../../definitions/documents/problem.ts';
import { looksLikeSecret } from '../../definitions/documents/secret.ts';
import type { Value } from '../../definitions/model/types.ts';
import { textsIn, type Path } from '../../definitions/model/walk-json.ts';
import { checkChecks } from './check-checks.ts';
import { checkEndpoint, checkEnvName, secretInConfig } from './check-models.ts';
import { EMBEDDED } from '../settings/simulated.ts';
import { checkRequestBodies } from './check-request-body.ts';
import { PROMPT_PLACE } from '../settings/approaches.ts';
import type { ConfigKey } from '../settings/config-names.ts';
import { MAX_VALIDATORS } from '../settings/panel.ts';
import type { Settings } from '../settings/types.ts';

function at(value: Value | undefined, path: Path): Value | undefined {
  let found: Value | undefined = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isFields<Value>(found) ? found[step] : undefined;
  }
  return found;
}

/** Endpoints, names of environment variables, and keys where none may be. */
function* checkTexts(value: Value): Generator<Found> {
  for (const { text, at: path } of textsIn(value)) {
    const isEndpoint = path.at(-2) === 'endpoints' && path.at(-3) === 'model';
    const isEnvName = path.at(-1) === 'apiKeyEnv';
    const finding = isEnvName
      ? checkEnvName(text)
      : looksLikeSecret(text)
        ? secretInConfig()
        : isEndpoint
          ? checkEndpoint(text)
          : undefined;
    if (finding !== undefined) yield { ...finding, at: path };
    const list = isEndpoint ? at(value, path.slice(0, -1)) : undefined;
    if (text === EMBEDDED && Array.isArray(list) && list.length > 1) {
      const advice = `Keep '${EMBEDDED}' alone, or only addresses.`;
      const message = `'${EMBEDDED}' stands beside other endpoints.`;
      yield { code: 'BAD_ENDPOINT', message, advice, at: path };
    }
  }
}

function* checkSplits(value: Value): Generator<Found> {
  const splits = at(value, ['splits']);
  const shares = typeof splits === 'object' && splits !== null ? Object.values(splits) : [];
  const sum = shares.reduce<number>(
    (total, share) => total + (typeof share === 'number' ? share : Number.NaN),
    0,
  );
  if (shares.length === 0 || Number.isNaN(sum) || Math.abs(sum - 1) <= 1e-9) return;
  const message = `The splits sum to ${Number(sum.toPrecision(6))}, not to 1.`;
  const advice = 'Change the shares so that they sum to 1.';
  yield { code: 'SPLITS_SUM', message, advice, at: ['splits'], place: 'key' };
}

function* checkApproaches(value: Value): Generator<Found> {
  const approaches = at(value, ['approaches']);
  const seen = new Set<Value>();
  for (const [index] of (Array.isArray(approaches) ? approaches : []).entries()) {
    const name = at(value, ['approaches', index, 'name']);
    if (typeof name === 'string' && seen.has(name)) {
      const message = `There are two approaches '${name}'.`;
      const place = ['approaches', index, 'name'];
      yield { code: 'DUPLICATE_APPROACH', message, advice: 'Rename one.', at: place };
    }
    seen.add(name ?? null);
    yield* checkApproach(at(value, ['approaches', index]), ['approaches', index]);
  }
}

function* checkApproach(approach: Value | undefined, path: Path): Generator<Found> {
  if (!isFields<Value>(approach)) return;
  const { instruction, template } = approach;
  if ((instruction === undefined) === (template === undefined)) {
    const message = `An approach has ${template === undefined ? 'neither' : 'both'} an instruction ${template === undefined ? 'nor' : 'and'} a template.`;
    const advice = "Give it an 'instruction' for the model that rewrites, or a 'template' with {prompt}.";
    yield { code: 'APPROACH_KIND', message, advice, at: path };
  }
  if (typeof template !== 'string') return;
  const place = [...path, 'template'];
  if (!template.includes(PROMPT_PLACE)) {
    const message = `The template has no ${PROMPT_PLACE}, so that what is asked would be lost.`;
    yield {
      code: 'TEMPLATE_WITHOUT_PROMPT',
      message,
      advice: `Put ${PROMPT_PLACE} where the base prompt goes.`,
      at: place,
    };
  } else if (template.trim() === PROMPT_PLACE) {
    const message = 'The template changes nothing: the untouched prompt is tried in any case.';
    yield {
      code: 'TEMPLATE_WITHOUT_CHANGE',
      message,
      advice: 'Add what it is to change, or remove it.',
      at: place,
    };
  }
}

function* checkValidators(value: Value): Generator<Found> {
  const validators = at(value, ['validators']);
  if (!Array.isArray(validators)) return;
  const checks = at(value, ['checks']);
  yield* checkChecks(checks);
  const teaches = (index: number): boolean => at(value, ['checks', index, 'use']) === 'criterion';
  const hasTeacher = validators.length > 0 || (Array.isArray(checks) && [...checks.keys()].some(teaches));
  if (validators.length > MAX_VALIDATORS || !hasTeacher) {
    const message = hasTeacher
      ? `There are ${validators.length} validators.`
      : 'There is no judge that learning may hear.';
    const advice = hasTeacher
      ? `There may be at most ${MAX_VALIDATORS}.`
      : "Add a validator, or a check with 'use: criterion': without a referee the verdict rests on it, too.";
    yield { code: 'VALIDATOR_COUNT', message, advice, at: ['validators'], place: 'key' };
    return;
  }
  for (const index of validators.keys()) {
    const number = at(value, ['validators', index, 'validator']);
    if (typeof number !== 'number' || number === index + 1) continue;
    const message = `The validator at place ${index + 1} of the list has the number ${number}.`;
    const advice = `Number them in their order: this is ${index + 1}.`;
    yield { code: 'VALIDATOR_NUMBER', message, advice, at: ['validators', index, 'validator'] };
  }
}

/** The task queue that workflows run on. */
const WORKFLOW_QUEUE = 'prose';

/** The workflows' own task queue must be there. Problem `MISSING_QUEUE`. */
function* checkQueues(value: Value): Generator<Found> {
  if (at(value, [WORKFLOW_QUEUE]) !== undefined) return;
  const message = `There is no task queue '${WORKFLOW_QUEUE}', on which workflows run.`;
  yield { code: 'MISSING_QUEUE', message, advice: `Add '${WORKFLOW_QUEUE}'.`, at: [] };
}

const CHECKS: { readonly [key in ConfigKey]?: (value: Value) => Generator<Found> } = {
  basePrompt: checkSplits,
  promptVariation: checkApproaches,
  validatorModel: checkValidators,
  queues: checkQueues,
};

/** Problems of one config file beyond its schema, as far as its parts have the right type. */
export function* checkConfig(key: ConfigKey, value: Value): Generator<Found> {
  yield* checkTexts(value);
  yield* checkRequestBodies(value);
  yield* CHECKS[key]?.(value) ?? [];
}

/**
 * Warnings `SAME_FAMILY`, in the config of the validators: one is of the same vendor family as another or as the main
 * model (told by its name). Models favour answers like their own. None for simulated models.
 */
export function* warnOfFamilies(settings: Settings): Generator<Found> {
  const { validators } = settings.validatorModel;
  for (const [index, { family, model }] of validators.entries()) {
    if (model.endpoints[0] === EMBEDDED) continue;
    const name = family.toLowerCase();
    const other = validators.slice(0, index).find((earlier) => earlier.family.toLowerCase() === name);
    const main = settings.mainModel.model;
    const ofMain = main.endpoints[0] !== EMBEDDED && main.name.toLowerCase().includes(name);
    if (other === undefined && !ofMain) continue;
    const whose = other === undefined ? 'the main model' : `validator ${other.validator}`;
    const message = `Validator ${index + 1} is of the same family (${family}) as ${whose}.`;
    const advice = 'Three different families, none of them the main model’s, judge more independently.';
    yield { code: 'SAME_FAMILY', message, advice, at: ['validators', index, 'family'] };
  }
}
