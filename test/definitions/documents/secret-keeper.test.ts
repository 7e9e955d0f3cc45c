import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SecretKeeper } from '../../../definitions/documents/secret-keeper.ts';

const SECRET = 'sk-Pr0d_9aF+/x"ÿ\\Zq7 Lm2';

function keeping(...secrets: readonly string[]): SecretKeeper {
  const keeper = new SecretKeeper();
  for (const secret of secrets) keeper.keep(secret);
  return keeper;
}

/** Every way a server may echo a secret. */
const forms: { readonly [name: string]: (secret: string) => string } = {
  'as it is': (secret) => secret,
  'in JSON': (secret) => JSON.stringify({ a: secret }),
  'in JSON in JSON': (secret) => JSON.stringify(JSON.stringify([secret])),
  'URL-encoded': encodeURIComponent,
  'URL-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'URL-encoded byte by byte': (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join(''),
  'in HTML': (secret) => secret.replaceAll('"', '&quot;'),
  'as a form': (secret) => new URLSearchParams({ a: secret }).toString(),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in large hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
  'as basic credentials': (secret) => Buffer.from(`user:${secret}`).toString('base64'),
  'as basic credentials of another user': (secret) => Buffer.from(`users:${secret}:x`).toString('base64'),
  'in a sentence in base64': (secret) => Buffer.from(`The key is ${secret}.`).toString('base64'),
};

/** Whether 8 characters in a row, with a digit or both cases in them, are still there. */
function leaks(text: string, form: string): boolean {
  return Array.from({ length: Math.max(0, form.length - 7) }, (_, from) => form.slice(from, from + 8)).some(
    (piece) => /\d/.test(piece) && new Set(piece).size >= 5 && text.includes(piece),
  );
}

describe('SecretKeeper', () => {
  for (const [name, form] of Object.entries(forms))
    it(`hides a secret ${name}, whole, cut, and inside other text`, () => {
      const keeper = keeping(SECRET);
      const written = form(SECRET);
      for (const text of [
        written,
        `before ${written} after`,
        written.slice(0, -6),
        written.slice(6),
        `x${written}${written}y`,
      ]) {
        const hidden = keeper.hide(text);
        assert.equal(hidden.length, text.length);
        assert.ok(!leaks(hidden, Buffer.from(SECRET).toString('base64').slice(3, -4)), hidden);
        assert.ok(!leaks(hidden, SECRET), hidden);
        assert.ok(hidden.includes('••••••••'), hidden);
      }
    });

  it('leaves no trace of any secret in bytes, however they are cut', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9_]{12,40}$/),
        fc.string(),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 30 }),
        (secret, around, sizes) => {
          fc.pre(new Set(secret).size >= 8);
          const bytes = Buffer.from(`${around}${secret}${around}|${secret}`);
          const stream = keeping(secret).hideBytes();
          const parts: Buffer[] = [];
          for (let from = 0, index = 0; from < bytes.length; index += 1) {
            const size = sizes[index % sizes.length] ?? 1;
            parts.push(stream.push(bytes.subarray(from, from + size)));
            from += size;
          }
          const hidden = Buffer.concat([...parts, stream.end()]);
          assert.equal(hidden.length, bytes.length);
          assert.ok(!hidden.includes(secret));
          assert.equal(keeping('another-S3cret-one').hideBytes().push(bytes).length <= bytes.length, true);
        },
      ),
    ));

  it('gives bytes without a secret back as they are', () =>
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (parts) => {
        const stream = keeping(SECRET).hideBytes();
        const given = Buffer.concat([...parts.map((part) => stream.push(part)), stream.end()]);
        assert.deepEqual(given, Buffer.concat(parts));
      }),
    ));

  it('hides in the texts and keys of a value, and gives one without any back as it is', () => {
    const keeper = keeping('s3cret-Value');
    const clean = { a: [1, null, { b: 'text' }], c: true };
    assert.equal(keeper.hideIn(clean), clean);
    const dots = '•'.repeat(12);
    assert.deepEqual(keeper.hideIn({ a: ['x s3cret-Value'], 's3cret-Value': 1 }), {
      a: [`x ${dots}`],
      [dots]: 1,
    });
  });

  it('hides in an error, its stack, its causes and its details', () => {
    const cause = new Error('deep s3cret-Value');
    const error = Object.assign(new Error('top s3cret-Value', { cause }), { details: ['s3cret-Value'] });
    keeping('s3cret-Value').hideInError(error);
    assert.ok(
      !JSON.stringify([error.message, error.stack, cause.message, cause.stack, error.details]).includes(
        's3cret',
      ),
    );
  });

  it('leaves ordinary text alone: short values, words, paths and addresses are no secrets', () => {
    const keeper = new SecretKeeper();
    keeper.keep('abc');
    for (const [name, value] of [
      ['SSH_AUTH_SOCK', '/tmp/agent.sock'],
      ['API_KEY_URL', 'https://keys.example.com/v1'],
      ['TOKEN_KIND', 'bearer'],
      ['KEY_COUNT', '12345'],
      ['PATH', '/usr/bin:/bin'],
      ['EDITOR', 'nano-2000-x'],
    ] as const)
      keeper.keepVariable(name, value);
    const text = 'abc /tmp/agent.sock https://keys.example.com/v1 bearer 12345 nano-2000-x';
    assert.equal(keeper.hide(text), text);
  });

  it('knows secrets by the names of their variables, and passwords in addresses', () => {
    const keeper = new SecretKeeper();
    for (const name of [
      'OPENAI_API_KEY',
      'TEMPORAL_API_KEY',
      'HF_TOKEN',
      'AWS_SECRET_ACCESS_KEY',
      'my_password',
    ])
      keeper.keepVariable(name, `v4lue-of-${name}`);
    keeper.keepVariable('DATABASE_URL', 'postgres://me:p4ssw0rd!@db/x');
    for (const secret of [
      'v4lue-of-OPENAI_API_KEY',
      'v4lue-of-HF_TOKEN',
      'v4lue-of-my_password',
      'p4ssw0rd!',
    ])
      assert.match(keeper.hide(secret), /^•+$/, secret);
  });
});
