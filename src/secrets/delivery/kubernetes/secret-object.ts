import { isDeepStrictEqual } from 'node:util';
import { type Fields, listAt, textAt, textsAt } from '../../../base/pick.ts';
import type { KubernetesTarget } from '../../model/index.ts';
import { TargetFault } from '../../rotation/rotator.ts';
import { type Content, sorted } from '../content.ts';
import { markerOf, type Seen } from '../marker.ts';
import type { Parcel } from '../place.ts';

export const ANNOTATIONS = {
  secret: 'reeve.dev/secret',
  version: 'reeve.dev/secret-version',
  fingerprint: 'reeve.dev/fingerprint',
  /** Keys that Reeve writes; others may stand beside them. */
  keys: 'reeve.dev/keys',
  /** Names what stands there: another whenever the data has changed, by whomever. */
  delivery: 'reeve.dev/delivery',
} as const;
/** Where `kubectl apply` keeps all of a manifest, values included. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret as it stands in a cluster. */
export interface SecretObject extends Seen {
  readonly type: string;
  readonly isImmutable: boolean;
  /** `ExternalSecret orders`: who writes it anew whenever it differs. */
  readonly controller: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** In base64. */
  readonly data: Content;
}

type Fingerprint = (text: string) => string;

export const fingerprintOf = (fingerprint: Fingerprint, type: string, data: Content): string =>
  fingerprint(JSON.stringify(['kubernetes', type, sorted(data)]));

/** @param object as the API server gives it */
export function readSecret(object: unknown, fingerprint: Fingerprint): SecretObject {
  const annotations = textsAt(object, 'metadata', 'annotations');
  const type = textAt(object, 'type') ?? 'Opaque';
  const data = textsAt(object, 'data');
  const marker = markerOf({
    secret: annotations[ANNOTATIONS.secret],
    version: annotations[ANNOTATIONS.version],
    fingerprint: annotations[ANNOTATIONS.fingerprint],
  });
  const owner = listAt(object, 'metadata', 'ownerReferences').find(
    (reference) => textAt(reference, 'controller') === 'true',
  );
  const keys = marker ? (annotations[ANNOTATIONS.keys] ?? '').split(',') : Object.keys(data);
  return {
    marker,
    fingerprint: fingerprintOf(fingerprint, type, only(data, keys)),
    type,
    isImmutable: textAt(object, 'immutable') === 'true',
    controller:
      owner === undefined ? undefined : `${textAt(owner, 'kind')} ${textAt(owner, 'name')}`,
    resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
    annotations,
    data,
  };
}

const only = (data: Content, keys: readonly string[]): Content =>
  Object.fromEntries(
    keys.flatMap((key) => {
      const text = Object.hasOwn(data, key) ? data[key] : undefined;
      return text === undefined ? [] : [[key, text]];
    }),
  );

/** What is applied, and by which name what stands there is known then. */
export interface Wanted {
  readonly object: Fields;
  readonly delivery: string;
  /** Nothing has to be written. */
  readonly isThere: boolean;
}

/** @param content plain; Secrets have it in base64 */
export function wantedSecret(
  target: KubernetesTarget,
  parcel: Parcel,
  content: Content,
  seen: SecretObject | undefined,
  fingerprint: Fingerprint,
): Wanted {
  const data = sorted(
    Object.fromEntries(
      Object.entries(content).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    ),
  );
  const isSame =
    seen !== undefined && isDeepStrictEqual(sorted(only(seen.data, Object.keys(data))), data);
  const delivery = deliveryOf(parcel.version, seen?.annotations[ANNOTATIONS.delivery], isSame);
  const annotations = {
    [ANNOTATIONS.secret]: parcel.secret,
    [ANNOTATIONS.version]: String(parcel.version),
    [ANNOTATIONS.fingerprint]: fingerprintOf(fingerprint, target.type, data),
    [ANNOTATIONS.keys]: Object.keys(data).join(','),
    [ANNOTATIONS.delivery]: delivery,
  };
  const { namespace, name, type } = target;
  const metadata = {
    namespace,
    name,
    // what was looked at, and nothing that has come since
    ...(seen?.resourceVersion !== undefined && { resourceVersion: seen.resourceVersion }),
    labels: { 'app.kubernetes.io/managed-by': 'reeve' },
    annotations,
  };
  const isMarked = isDeepStrictEqual({ ...seen?.annotations, ...annotations }, seen?.annotations);
  return {
    object: { apiVersion: 'v1', kind: 'Secret', metadata, type, data },
    delivery,
    isThere: isSame && isMarked,
  };
}

/** `7`, and `7.1` where it has to be written once more: who holds what stood there in between is restarted, too. */
function deliveryOf(version: number, before: string | undefined, isSame: boolean): string {
  if (isSame && before !== undefined) return before;
  const [number, again = '0'] = (before ?? '').split('.');
  return number === String(version) ? `${version}.${(Number(again) || 0) + 1}` : String(version);
}

/** What keeps a Secret from being written, however it is asked for.
 *  @throws {TargetFault} */
export function requireWritable(
  place: string,
  target: KubernetesTarget,
  seen: SecretObject,
  isThere: boolean,
): void {
  if (seen.controller !== undefined) {
    const why = `${place} is written by ${seen.controller}, which would put back what it has`;
    throw new TargetFault('changed', why, 'remove that, or deliver to another name');
  }
  if (seen.type !== target.type) {
    const why = `${place} has the type ${seen.type}, which cannot be changed`;
    throw new TargetFault('invalid', why, 'remove it, or say `type` as it is');
  }
  if (!seen.isImmutable || isThere) return;
  const hint = 'remove it, and try again; its pods begin with the new value';
  throw new TargetFault('invalid', `${place} is immutable`, hint);
}
