/** What stands in Temporal as it is, however large: what people and tools other than workers read. */
import { RawValue } from '@temporalio/common';
import { payloadConverter } from './payload-converter.ts';

/** A value as a payload that no worker replaces by a reference to the store (workers/payload-storage.ts). */
export function inline<T>(value: T): RawValue<T> {
  const { data, metadata } = payloadConverter.toPayload(value);
  return RawValue.fromPayload({ data: data ?? null, metadata: { ...metadata, inline: Uint8Array.of(1) } });
}
