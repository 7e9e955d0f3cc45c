/** Keeps payloads that are too large for a history in the project's store; the history has a reference to each. */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { OTHER_PROJECT } from '../definitions/model/other-project.ts';
import type { Store } from '../activities/store/store.ts';

/**
 * Bytes from which on a payload goes by reference. A workflow asks for some 500 things at most in one moment (200
 * activities, 200 runs, 100 slices), which Temporal takes in one message of at most 4 MB.
 */
const MIN_BYTES = 6_000;

/** Marks in the metadata of payloads. Durable: `REFERENCE` stands in histories. */
const REFERENCE = 'reference';
/**
 * Of what stays where it is, whatever its size (workflows/temporal/inline.ts). It is for this codec alone and goes no
 * further: the `temporal` CLI prints a payload as JSON only where its encoding is all that its metadata says.
 */
const INLINE = 'inline';
/** The encoding of all that workflows and activities exchange. */
const JSON_PLAIN = 'json/plain';

/** A payload in its place, as tools show it. Durable. */
interface Reference {
  /** Of the object in the store that has the value. */
  readonly digest: string;
  readonly bytes: number;
  /** Id of the project that has the store. Left out by earlier versions. */
  readonly project?: string;
}

/**
 * For the `dataConverter` of every worker: all that work for a run must have the same store. A value lies under its
 * digest, so that storing it twice leaves what storing it once leaves. What another project's store has is refused with an
 * error of the name `OTHER_PROJECT`, which becomes the type of an activity's failure: another worker may have it.
 *
 * @param project id of the project that has the store.
 */
export function createPayloadStorage(
  store: Pick<Store, 'putObject' | 'getObject'>,
  project: string,
): PayloadCodec {
  return {
    encode: (payloads) =>
      each(payloads, isMarkedOrLarge, (payload) =>
        isInline(payload) ? Promise.resolve(withoutMark(payload)) : putAway(store, project, payload),
      ),
    decode: (payloads) => each(payloads, isReference, (payload) => fetchBack(store, project, payload)),
  };
}

/** Almost all payloads stay as they are: for them no promise is made. */
function each(
  payloads: Payload[],
  isMeant: (payload: Payload) => boolean,
  change: (payload: Payload) => Promise<Payload>,
): Promise<Payload[]> {
  if (!payloads.some(isMeant)) return Promise.resolve(payloads);
  return Promise.all(
    payloads.map((payload) => (isMeant(payload) ? change(payload) : Promise.resolve(payload))),
  );
}

function isMarkedOrLarge(payload: Payload): boolean {
  const { metadata, data } = payload;
  if (isInline(payload)) return true;
  if (data == null || data.length < MIN_BYTES) return false;
  return metadata?.['encoding'] !== undefined && decode(metadata['encoding']) === JSON_PLAIN;
}

function isInline({ metadata }: Payload): boolean {
  return metadata?.[INLINE] !== undefined;
}

function withoutMark({ metadata, ...payload }: Payload): Payload {
  const { [INLINE]: _, ...others } = metadata ?? {};
  return { ...payload, metadata: others };
}

function isReference({ metadata }: Payload): boolean {
  return metadata?.[REFERENCE] !== undefined;
}

async function putAway(
  store: Pick<Store, 'putObject'>,
  project: string,
  { data }: Payload,
): Promise<Payload> {
  const text = decode(data);
  const reference: Reference = { digest: await store.putObject(text), bytes: data?.length ?? 0, project };
  return {
    metadata: { encoding: Buffer.from(JSON_PLAIN), [REFERENCE]: Buffer.from('1') },
    data: Buffer.from(JSON.stringify(reference)),
  };
}

async function fetchBack(store: Pick<Store, 'getObject'>, own: string, { data }: Payload): Promise<Payload> {
  const { digest, project = own } = JSON.parse(decode(data)) as Reference;
  if (project !== own) {
    const message = `${OTHER_PROJECT}: The store of the project ${project} has a value that this worker, of the project ${own}, does not see`;
    throw Object.assign(new Error(message), { name: OTHER_PROJECT });
  }
  const text = String(await store.getObject(digest));
  return { metadata: { encoding: Buffer.from(JSON_PLAIN) }, data: Buffer.from(text) };
}

function decode(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
