/** Checks of `request.body`, the further fields of every request. */
import { isFields } from '../../definitions/documents/fields.ts';
import type { Finding, Found } from '../../definitions/documents/problem.ts';
import type { Value } from '../../definitions/model/types.ts';
import { walkJson, type Path } from '../../definitions/model/walk-json.ts';

/** What PROSE sends itself, and where it is said. */
const TAKEN: { readonly [field: string]: string } = {
  model: 'Say it in model.name.',
  models: 'Say it in model.name; an answer of another model is none of this one.',
  messages: 'The texts of model_input/ say what is sent.',
  prompt: 'The texts of model_input/ say what is sent.',
  input: 'The texts of model_input/ say what is sent.',
  instructions: 'The texts of model_input/ say what is sent.',
  system: 'The texts of model_input/ say what is sent.',
  temperature: 'Say it in sampling.temperature.',
  top_p: 'Say it in sampling.topP.',
  max_tokens: 'Say it in sampling.maxTokens.',
  max_completion_tokens: 'Say it in sampling.maxTokens; where a server wants it by this name, it is sent so.',
  max_output_tokens: 'Say it in sampling.maxTokens.',
  seed: 'It is derived from the run and the row.',
  random_seed: 'It is derived from the run and the row.',
  n: 'Say it in samples: each answer is a call of its own.',
  best_of: 'Say it in samples: each answer is a call of its own.',
  stream: 'Answers are read whole.',
  stream_options: 'Answers are read whole.',
  response_format: 'The activity says which form it wants.',
  logprobs: 'Say it in scores of validator_model_config.',
  top_logprobs: 'Say it in scores of validator_model_config.',
  tools: 'Calls of tools are no answers.',
  tool_choice: 'Calls of tools are no answers.',
  functions: 'Calls of tools are no answers.',
  function_call: 'Calls of tools are no answers.',
  extra_body: 'Write its fields directly into body.',
};

/** Names of fields that hold keys, whatever these look like. */
const SECRET_NAME =
  /^(?:x[-_])?(?:api[-_]?key|apikey|key|auth|authorization|bearer|token|access[-_]?token|secret|client[-_]?secret|password|credentials?|headers|extra_headers)$/i;

/** Problems `BODY_FIELD_TAKEN` and `SECRET_IN_CONFIG` of every `request.body` of a config. */
export function* checkRequestBodies(config: Value): Generator<Found> {
  for (const { value: body, at: path } of walkJson(config)) {
    if (path.at(-1) !== 'body' || path.at(-2) !== 'request' || !isFields<Value>(body)) continue;
    for (const field of Object.keys(body)) {
      const advice = Object.hasOwn(TAKEN, field) ? TAKEN[field] : undefined;
      if (advice === undefined) continue;
      const message = `request.body has '${field}', which PROSE decides itself.`;
      yield { code: 'BODY_FIELD_TAKEN', message, advice, at: [...path, field], place: 'key' };
    }
    for (const at of secretPaths(body, path)) yield { ...SECRET, at, place: 'key' };
  }
}

const SECRET: Finding = {
  code: 'SECRET_IN_CONFIG',
  message: 'This field of request.body is one for a key; keys must not stand in files.',
  advice:
    'Name the environment variable with the key in model.apiKeyEnv: it is sent in the Authorization header.',
};

function* secretPaths(value: Value, path: Path): Generator<Path> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (!Array.isArray(value) && SECRET_NAME.test(key) && typeof inner !== 'number') yield at;
    else yield* secretPaths(inner, at);
  }
}
