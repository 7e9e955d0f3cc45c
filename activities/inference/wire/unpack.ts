/** Bodies that a gateway has compressed, although nobody asked it to. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const UNPACKERS: { readonly [coding: string]: typeof gunzipSync } = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/**
 * The bytes of a body without its `content-encoding`; as they came where that is not known, or does not fit.
 *
 * @param maxBytes more are not unpacked.
 */
export function unpack(bytes: Buffer, contentEncoding: string, maxBytes: number): Buffer {
  const unpacker = UNPACKERS[contentEncoding.trim().toLowerCase()];
  try {
    return unpacker?.(bytes, { maxOutputLength: maxBytes }) ?? bytes;
  } catch {
    return bytes;
  }
}
