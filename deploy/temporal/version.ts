/** The pinned version of the Temporal CLI: what is downloaded, and what `go.mod` in this folder builds. */
export const temporalVersion = '1.5.1';
