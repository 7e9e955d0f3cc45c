/** LoRA adapters of the embedded server: loaded, listed and removed while it serves, with vLLM's answers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isFields } from '../../definitions/documents/fields.ts';
import { ApiError } from './api-error.ts';
import { simulatedModels } from './world/roles.ts';
import type { SimulatedModel } from './world/roles.ts';

/** Largest rank, as vLLM's `--max-lora-rank` has it by default. */
const MAX_RANK = 16;
/** Whose adapter one is that does not say so. */
const DEFAULT_PARENT = 'simulated-main';

export interface Adapter {
  readonly name: string;
  /** Folder, as given. */
  readonly path: string;
  /** The model it changes. */
  readonly parent: SimulatedModel;
}

export interface Adapters {
  readonly list: () => readonly Adapter[];
  readonly find: (name: string) => Adapter | undefined;
  /** Takes the body of `/v1/load_lora_adapter`; resolves to the answer's text. Rejects with `ApiError`. */
  readonly load: (body: unknown) => Promise<string>;
  /** Takes the body of `/v1/unload_lora_adapter`; returns the answer's text. Throws `ApiError`. */
  readonly unload: (body: unknown) => string;
}

interface LoadRequest {
  readonly lora_name: string;
  readonly lora_path: string;
  readonly load_inplace?: boolean;
}

const ajv = new Ajv2020();
const name = { type: 'string' };
const isLoadRequest = ajv.compile<LoadRequest>({
  type: 'object',
  required: ['lora_name', 'lora_path'],
  properties: { lora_name: name, lora_path: name, load_inplace: { type: 'boolean' } },
});
const isUnloadRequest = ajv.compile<Pick<LoadRequest, 'lora_name'>>({
  type: 'object',
  required: ['lora_name'],
  properties: { lora_name: name },
});

/** Creates the list of loaded adapters, which is empty. */
export function createAdapters(): Adapters {
  const loaded = new Map<string, Adapter>();
  return {
    list: () => [...loaded.values()],
    find: (wanted) => loaded.get(wanted),
    async load(body) {
      if (!isLoadRequest(body)) {
        throw new ApiError('INVALID_FIELD', '1 validation error: lora_name and lora_path are texts', 'body');
      }
      const { lora_name: adapterName, lora_path: path, load_inplace: isReloaded = false } = body;
      if (simulatedModels.some((model) => model.name === adapterName)) {
        const message = `The lora adapter '${adapterName}' conflicts with a served base model.`;
        throw new ApiError('ADAPTER_REFUSED', message);
      }
      if (loaded.has(adapterName) && !isReloaded) {
        const message = `The lora adapter '${adapterName}' has already been loaded. If you want to load the adapter in place, set 'load_inplace' to True.`;
        throw new ApiError('ADAPTER_REFUSED', message);
      }
      loaded.set(adapterName, { name: adapterName, path, parent: await readParent(adapterName, path) });
      return `Success: LoRA adapter '${adapterName}' added successfully.`;
    },
    unload(body) {
      if (!isUnloadRequest(body)) {
        throw new ApiError('INVALID_FIELD', '1 validation error: lora_name is a text', 'body');
      }
      const { lora_name: adapterName } = body;
      if (loaded.delete(adapterName)) return `Success: LoRA adapter '${adapterName}' removed successfully.`;
      throw new ApiError('UNKNOWN_ADAPTER', `The lora adapter '${adapterName}' cannot be found.`);
    },
  };
}

/** Reads the adapter's config as PEFT writes it. */
async function readParent(adapterName: string, path: string): Promise<SimulatedModel> {
  const config = await readConfig(join(path, 'adapter_config.json'));
  if (config === undefined) {
    throw new ApiError('UNKNOWN_ADAPTER', `Loading lora ${adapterName} failed: No adapter found for <path>`);
  }
  const rank = config['r'];
  if (typeof rank !== 'number' || rank > MAX_RANK) {
    const message = `Call to add_lora method failed: Worker failed with error 'LoRA rank ${String(rank)} is greater than max_lora_rank ${MAX_RANK}.', please check the stack trace above for the root cause`;
    throw new ApiError('ADAPTER_BROKEN', message);
  }
  const parent = config['base_model_name_or_path'] ?? DEFAULT_PARENT;
  const model = simulatedModels.find((one) => one.name === parent);
  if (model !== undefined) return model;
  const message = `Call to add_lora method failed: the adapter is for ${JSON.stringify(parent)}, which is not served here`;
  throw new ApiError('ADAPTER_BROKEN', message);
}

async function readConfig(path: string): Promise<{ readonly [key: string]: unknown } | undefined> {
  try {
    const config: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isFields(config) ? config : undefined;
  } catch {
    return undefined;
  }
}
