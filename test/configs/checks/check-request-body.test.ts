import assert from 'node:assert/strict';
import { checkRequestBodies } from '../../../configs/checks/check-request-body.ts';
import { parseDocument } from '../../../definitions/documents/parse-document.ts';

function codesOf(body: string): readonly string[] {
  const document = parseDocument(
    `request:\n  timeout: 5s\n  body: ${body}\n`,
    'configs/main_model_config.yaml',
  );
  assert(document.ok);
  const { value } = document;
  return [...checkRequestBodies(value.value)].map((found) => {
    const { code, line, path } = value.locate(found);
    return `${code} ${path} ${line}`;
  });
}

describe('checkRequestBodies', () => {
  it('lets fields through that a server has beside the common ones', () => {
    const body =
      '{ chat_template_kwargs: { enable_thinking: false }, reasoning_effort: low, top_k: 20, max_think_tokens: 5 }';
    assert.deepEqual(codesOf(body), []);
  });

  for (const field of [
    'model',
    'models',
    'messages',
    'instructions',
    'best_of',
    'max_tokens',
    'seed',
    'stream',
    'response_format',
    'n',
    'extra_body',
  ]) {
    it(`refuses ${field}, which PROSE decides itself`, () => {
      assert.deepEqual(codesOf(`{ ${field}: 1 }`), [`BODY_FIELD_TAKEN request.body.${field} 3`]);
    });
  }

  for (const field of ['api_key', 'apiKey', 'Authorization', 'token', 'password', 'headers', 'X-Api-Key']) {
    it(`refuses ${field}, at any depth, and does not repeat it`, () => {
      assert.deepEqual(codesOf(`{ provider: { ${field}: hunter2 } }`), [
        `SECRET_IN_CONFIG request.body.provider.${field} 3`,
      ]);
    });
  }
});
