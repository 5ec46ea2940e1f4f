import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { Fault } from '../../base/fault.ts';

/** Keys by which GitHub signs its reports, by their identifiers: what `https://api.github.com/meta/public_keys/secret_scanning`
 *  answers. */
const KeyList = z.object({
  public_keys: z
    .array(z.object({ key_identifier: z.string().min(1).max(200), key: z.string().max(10_000) }))
    .max(100),
});

/** @throws {Fault} `secrets/github-keys-malformed` */
export function readKeys(text: string): ReadonlyMap<string, KeyObject> {
  try {
    const { public_keys } = KeyList.parse(JSON.parse(text));
    return new Map(public_keys.map((one) => [one.key_identifier, createPublicKey(one.key)]));
  } catch {
    throw new Fault('secrets/github-keys-malformed', 'The file does not hold keys of GitHub', {
      hint: 'save there what https://api.github.com/meta/public_keys/secret_scanning answers',
    });
  }
}

/** One value that GitHub has found. */
export interface Match {
  readonly token: string;
  readonly type: string;
  /** Null: where nobody can look. */
  readonly url: string | null;
}

const MAX_MATCHES = 1_000;
const Matches = z
  .array(
    z.object({
      token: z.string().min(1).max(65_536),
      type: z.string().max(200),
      url: z.string().max(4_096).nullish(),
    }),
  )
  .max(MAX_MATCHES);

/** What a report holds, where it is GitHub's: ECDSA over SHA-256 of the body as it was sent.
 *  @see GitHub Docs, Secret scanning partner program
 *  @throws {Fault} `secrets/report-unauthenticated`, `secrets/report-malformed` */
export function readReport(
  body: string,
  shown: { readonly keyId: string | undefined; readonly signature: string | undefined },
  keys: ReadonlyMap<string, KeyObject>,
): readonly Match[] {
  const key = keys.get(shown.keyId ?? '');
  const signature = Buffer.from(shown.signature ?? '', 'base64');
  if (key === undefined || !isSigned(body, key, signature)) {
    throw new Fault('secrets/report-unauthenticated', 'The report is not signed by GitHub', {
      hint: 'save its keys anew: they change',
    });
  }
  try {
    const matches = Matches.parse(JSON.parse(body));
    return matches.map(({ token, type, url }) => ({ token, type, url: url || null }));
  } catch {
    throw new Fault('secrets/report-malformed', 'The report is no list of values', {
      hint: `it is a JSON array of up to ${MAX_MATCHES} objects with token, type and url`,
    });
  }
}

function isSigned(body: string, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify('sha256', Buffer.from(body), key, signature);
  } catch {
    return false;
  }
}

/** What GitHub is told of a match: whether it was a credential of ours. */
export function verdictOf({ token, type }: Match, isOurs: boolean) {
  return {
    token_hash: createHash('sha256').update(token).digest('base64'),
    token_type: type,
    label: isOurs ? 'true_positive' : 'false_positive',
  } as const;
}
