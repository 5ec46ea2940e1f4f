import { fingerprint } from '../../base/ids.ts';
import type { Credential } from '../../estate/index.ts';
import type { SecretMetadata } from '../keeping/index.ts';
import { valuesIn } from '../leaks/own-values.ts';
import { isOfItem, type LeakItem } from './model.ts';

const MAX_PLACES = 100;

/** What a text that was reported may stand for: what it holds as scans see it (`valuesIn`), the same decoded from base64,
 *  and the bare text.
 *  @returns keyed fingerprints, the likeliest first */
export function fingerprintsOf(key: Uint8Array, text: string): readonly string[] {
  const packed = text.replace(/\s/g, '');
  const unpacked = /^[\w+/-]{8,}={0,2}$/.test(packed)
    ? Buffer.from(packed, 'base64').toString('utf8')
    : '';
  const forms = [text, unpacked].filter((form) => form !== '');
  const values = new Set([...forms.flatMap(valuesIn), ...forms]);
  return [...values].map((value) => fingerprint(key, value));
}

/** The versions of secrets that have the value, and the credentials of the estate. Pure. */
export function itemsOf(
  fingerprints: ReadonlySet<string>,
  secrets: Iterable<SecretMetadata>,
  credentials: readonly Credential[],
): readonly LeakItem[] {
  const found = credentials.filter((one) => one.fingerprint && fingerprints.has(one.fingerprint));
  const kept = [...secrets].flatMap((secret) => itemsOfSecret(fingerprints, secret, found));
  const isKept = new Set(kept.map(({ subject }) => subject));
  const elsewhere = found.filter(({ secret }) => secret === null || !isKept.has(secret));
  return [...kept, ...elsewhere.map(itemOfCredential)];
}

function itemsOfSecret(
  fingerprints: ReadonlySet<string>,
  { id, name, service, owner, consumers, versions }: SecretMetadata,
  found: readonly Credential[],
): LeakItem[] {
  const places = placesOf(found);
  return versions
    .filter((version) => version.fingerprints.some((one) => fingerprints.has(one)))
    .map(({ number, createdAt }) => ({
      ...{ kind: 'secret' as const, subject: id, version: number, createdAt, of: null },
      ...{ name, service, owner },
      ...{ consumers: [...new Set([service, ...consumers])], places, done: null },
    }));
}

const itemOfCredential = (credential: Credential): LeakItem => ({
  ...{ kind: 'found', subject: credential.id, version: null, createdAt: null, of: null },
  ...{ name: credential.name },
  ...{ service: credential.service, owner: credential.owner, consumers: credential.services },
  ...{ places: placesOf([credential]), done: null },
});

const placesOf = (credentials: readonly Credential[]): string[] => {
  const all = credentials.flatMap(({ locations }) =>
    locations.map(({ file, line }) => (line === undefined ? file : `${file}:${line}`)),
  );
  return [...new Set(all)].slice(0, MAX_PLACES);
};

/** What is known of a leak already, with what is new. */
export function merged(
  before: readonly LeakItem[],
  found: readonly LeakItem[],
): readonly LeakItem[] {
  const keyOf = ({ kind, subject, version }: LeakItem) => JSON.stringify([kind, subject, version]);
  const known = new Map(before.map((item) => [keyOf(item), item]));
  for (const item of found) {
    const one = known.get(keyOf(item));
    // what was said of another that had the name is not said of this one
    const isSame = one !== undefined && isOfItem(one, item.createdAt ?? '');
    known.set(keyOf(item), { ...item, done: isSame ? one.done : null });
  }
  return [...known.values()];
}
