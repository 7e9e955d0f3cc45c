/** The seam to the adapters of model servers: LoRA weights that are served beside the model that they adapt. */
import type { ModelConfig } from '../../configs/settings/types.ts';

/** LoRA weights in the form that PEFT and TRL write: `adapter_config.json` beside `adapter_model.safetensors`. */
export interface Adapter {
  /** What it is asked by, as a model's name. */
  readonly name: string;
  /**
   * Absolute path of its folder on the server's machine. A folder that was ever loaded must not change, since a server
   * may read it again at any time: each version has a folder and a name of its own.
   */
  readonly path: string;
}

/** An adapter that a server has. */
export interface ServedAdapter extends Adapter {
  /** Name of the model that it adapts. */
  readonly base: string;
}

/** Each method asks all endpoints of a model; the first error is thrown once all of them have answered. */
export interface Adapters {
  /**
   * Loads an adapter into every server of a model while they serve; the weights are there when it resolves. One that is
   * loaded already is left as it is. A restarted server has lost its adapters: load before use, it costs one request.
   * @throws AdapterError (servers/adapters.ts), ModelError
   */
  load(model: ModelConfig, adapter: Adapter): Promise<void>;
  /** Removes an adapter; one that is not there is no error. Requests in flight are finished. @throws AdapterError, ModelError */
  unload(model: ModelConfig, name: string): Promise<void>;
  /** The adapters of each server, in the order of the endpoints. @throws ModelError */
  list(model: ModelConfig): Promise<readonly (readonly ServedAdapter[])[]>;
}
