import { TargetFault } from '../rotation/rotator.ts';

/** What Reeve writes beside a value that it has delivered. */
export interface Marker {
  /** The id of the secret. */
  readonly secret: string;
  readonly version: number;
  /** Keyed: of what was delivered, or is about to be. */
  readonly fingerprint: string;
  /** Where marker and value are two writes: of what stood there before. */
  readonly was?: string | undefined;
}

/** What stands at a place. */
export interface Seen {
  /** Undefined: Reeve did not write there. */
  readonly marker: Marker | undefined;
  readonly fingerprint: string;
}

/** - `same`: the current value, as Reeve delivered it;
 *  - `behind`: an older one, as Reeve delivered it;
 *  - `missing`: nothing is there;
 *  - `edited`: Reeve delivered it, and somebody else has changed it since;
 *  - `foreign`: somebody else put it there. */
export type DeliveredState = 'same' | 'behind' | 'missing' | 'edited' | 'foreign';

/** How what stands at a place compares with a version of a secret. */
export function stateOf(
  seen: Seen | undefined,
  wanted: { readonly secret: string; readonly version: number | undefined },
): DeliveredState {
  if (seen === undefined) return 'missing';
  const { marker, fingerprint } = seen;
  if (marker?.secret !== wanted.secret) return 'foreign';
  if (fingerprint === marker.fingerprint) {
    return marker.version === wanted.version ? 'same' : 'behind';
  }
  return fingerprint === marker.was ? 'behind' : 'edited';
}

/** Refuses to replace what is not Reeve's.
 *  @throws {TargetFault} `changed` */
export function mayReplace(
  state: DeliveredState,
  place: string,
  { takeOver }: { readonly takeOver: boolean },
): void {
  if (takeOver || (state !== 'foreign' && state !== 'edited')) return;
  const hint = 'see who, and have them leave it to Reeve; then say `takeOver: true`';
  throw new TargetFault('changed', `${place} ${WHO[state]}`, hint);
}

const WHO = {
  foreign: 'was put there by somebody else, or for another secret',
  edited: 'was edited by somebody else since Reeve wrote it',
} as const;

const VERSION = /^[1-9]\d{0,14}$/;

/** A marker out of texts, as places keep it; undefined: it is none. */
export function markerOf(texts: {
  readonly secret: string | undefined;
  readonly version: string | undefined;
  readonly fingerprint: string | undefined;
  readonly was?: string | undefined;
}): Marker | undefined {
  const { secret, version = '', fingerprint, was } = texts;
  if (secret === undefined || fingerprint === undefined || !VERSION.test(version)) return undefined;
  return { secret, version: Number(version), fingerprint, was };
}
