import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTemplate } from '../../../definitions/expressions/template.ts';

describe('parseTemplate', () => {
  const sources = (text: string): readonly string[] =>
    parseTemplate(text).map((part) => (part.kind === 'text' ? `'${part.text}'` : part.source));

  it('takes a text apart, and gives back each character once', () => {
    assert.deepEqual(sources('a ${ x } b${y}${z}'), ["'a '", ' x ', "' b'", 'y', 'z']);
    assert.deepEqual(sources(''), []);
    assert.deepEqual(sources('$ {x} }'), ["'$ {x} }'"]);
    assert.deepEqual(sources('$${x} $${ $y'), ["'${x} ${ $y'"]);
    const piece = fc.constantFrom('a', ' ', '$', '{', '}', '$${', '${ x }', '"');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        let parts;
        try {
          parts = parseTemplate(text);
        } catch {
          return;
        }
        const written = parts
          .map((part) => (part.kind === 'text' ? part.text.split('${').join('$${') : `\${${part.source}}`))
          .join('');
        assert.equal(written, text);
        assert.ok(parts.every((part, index) => part.kind !== 'text' || parts[index + 1]?.kind !== 'text'));
      }),
    );
  });

  it('tells where an expression begins', () => {
    for (const part of parseTemplate('ab${cd}e${ f }'))
      if (part.kind === 'expression')
        assert.equal('ab${cd}e${ f }'.slice(part.start, part.start + part.source.length), part.source);
  });

  it('ends an expression at its own brace, not at one of a map or in a text', () => {
    for (const source of [
      '{"a": {"b": 1}}.a',
      `'}' + "}"`,
      String.raw`'\'}'`,
      String.raw`r'\' + x`,
      String.raw`rb"\" + x`,
      `'''a'}''' + x`,
      `"""}"""`,
      `''`,
    ])
      assert.deepEqual(sources(`<\${${source}}>`), ["'<'", source, "'>'"], source);
  });

  it('refuses an expression that is never closed, and an empty one', () => {
    for (const text of ['${', '${ a', '${ {a }', "${ '} ", 'a ${ } b', '${}'])
      assert.throws(() => parseTemplate(text), { code: 'EXPRESSION_SYNTAX' }, text);
  });
});
