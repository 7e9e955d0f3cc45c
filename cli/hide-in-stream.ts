import type { SecretKeeper } from '../definitions/documents/secret-keeper.ts';
import type { CliContext } from './context.ts';

/** The context with secrets hidden in all that is written to its output and its errors. */
export function withoutSecrets(context: CliContext, secrets: SecretKeeper): CliContext {
  return {
    ...context,
    stdout: hideInStream(context.stdout, secrets),
    stderr: hideInStream(context.stderr, secrets),
  };
}

function hideInStream<Stream extends CliContext['stdout']>(stream: Stream, secrets: SecretKeeper): Stream {
  const write = stream.write.bind(stream) as (chunk: unknown, ...others: unknown[]) => boolean;
  const hidden = (chunk: unknown, ...others: unknown[]): boolean =>
    write(typeof chunk === 'string' ? secrets.hide(chunk) : chunk, ...others);
  return new Proxy(stream, {
    get(target, key) {
      if (key === 'write') return hidden;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
