/** Looking into JSON of unknown form. */
export type JsonObject = { readonly [key: string]: unknown };
