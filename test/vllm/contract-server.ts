import type { RoleConfig } from '../../configs/settings/types.ts';

/** A running server and what the suite needs to know of it. */
export interface ContractServer {
  /** e.g. `http://127.0.0.1:8001`. */
  readonly url: string;
  /** A model that it serves. */
  readonly model: string;
  readonly apiKey: string;
  /** Folders of LoRA adapters for that model; `tooLarge` has a rank above what the server takes. */
  readonly adapters: { readonly champion: string; readonly challenger: string; readonly tooLarge: string };
}

/** A role's config that points at the server. */
export function configOf(
  { url, model }: ContractServer,
  changes: Partial<RoleConfig['model']> = {},
): RoleConfig {
  return {
    model: { endpoints: [`${url}/v1`], name: model, apiKeyEnv: 'SERVER_KEY', ...changes },
    sampling: { temperature: 0.8, topP: 1, maxTokens: 24 },
    request: { timeout: '60s', maxAttempts: 3, concurrency: 8 },
  };
}
