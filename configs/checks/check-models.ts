/** Checks of models and their servers, which a schema cannot express. */
import type { Finding } from '../../definitions/documents/problem.ts';
import { EMBEDDED } from '../settings/simulated.ts';
import { hideSecrets, looksLikeSecret, secretFinding } from '../../definitions/documents/secret.ts';

/** What is wrong with an endpoint: `CREDENTIALS_IN_URL` or `BAD_ENDPOINT`. */
export function checkEndpoint(endpoint: string): Finding | undefined {
  if (endpoint === EMBEDDED) return undefined;
  const advice = `Write an address such as 'http://127.0.0.1:8000/v1', or the word '${EMBEDDED}'.`;
  const shown = hideSecrets(endpoint).slice(0, 120);
  const refuse = (reason: string): Finding => ({
    code: 'BAD_ENDPOINT',
    message: `The endpoint '${shown}' ${reason}.`,
    advice,
  });
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    return refuse('is no URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('is neither http:// nor https://');
  if (url.username !== '' || url.password !== '') {
    const message = 'The endpoint has a user name or password in it.';
    return {
      code: 'CREDENTIALS_IN_URL',
      message,
      advice: "Remove it; name the key's environment variable in apiKeyEnv.",
    };
  }
  if (url.search !== '' || url.hash !== '') return refuse("has a query or fragment ('?' or '#')");
  return url.pathname.endsWith('/v1') ? undefined : refuse('does not end in /v1');
}

/** What is wrong with the name of an environment variable: `SECRET_IN_CONFIG` or `BAD_ENV_NAME`. Never repeats a key. */
export function checkEnvName(name: string): Finding | undefined {
  if (looksLikeSecret(name)) return secretInConfig();
  if (/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) return undefined;
  const message = 'apiKeyEnv is not the name of an environment variable.';
  return {
    code: 'BAD_ENV_NAME',
    message,
    advice: 'Letters, digits and underscores, such as OPENAI_API_KEY.',
  };
}

export function secretInConfig(): Finding {
  return secretFinding('SECRET_IN_CONFIG', 'in apiKeyEnv');
}
