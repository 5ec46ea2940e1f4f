import { Fault } from '../../../../base/fault.ts';
import { KEY_BYTES, ownCopy, type Random } from '../../aead.ts';
import { fingerprintOf, LocalKek } from '../local.ts';
import {
  formatShare,
  idOfSet,
  isPossible,
  MAX_SHARES,
  type Share,
  type ShareSet,
} from './share.ts';

/** A new key and its shares: `threshold` of them give it again, fewer say nothing about it. The shares are shown to
 *  those who keep them, once, and are kept nowhere.
 *  @throws {Fault} `vault/invalid`
 *  @see Shamir, How to Share a Secret (1979) */
export async function createShamirKek(
  { shares, threshold }: { readonly shares: number; readonly threshold: number },
  random: Random,
): Promise<{ readonly kek: LocalKek; readonly shares: readonly string[] }> {
  if (!isPossible({ shares, threshold })) {
    throw new Fault(
      'vault/invalid',
      `A key cannot be shared so that ${threshold} of ${shares} give it: from 2 to all of at most ${MAX_SHARES}`,
    );
  }
  const { split } = await import('shamir-secret-sharing');
  const key = random(KEY_BYTES);
  const set: ShareSet = { key: fingerprintOf(key), threshold, shares };
  // the library takes nothing but a plain array of bytes
  const plain = new Uint8Array(key);
  const points = await split(plain, shares, threshold);
  plain.fill(0);
  const texts = points.map((point, at) => {
    const text = formatShare({ set, number: at + 1, point: Buffer.from(point.buffer) });
    point.fill(0);
    return text;
  });
  return { kek: new LocalKek(key, random, idOfSet(set)), shares: texts };
}

/** The key of enough shares of one set; undefined: at least one of them is wrong. */
export async function combineShares(
  set: ShareSet,
  shares: readonly Share[],
  random: Random,
): Promise<LocalKek | undefined> {
  const { combine } = await import('shamir-secret-sharing');
  const points = shares.map(({ point }) => new Uint8Array(point));
  // two of one place on the curve are none, which the library would throw for
  if (new Set(points.map((point) => point.at(-1))).size < points.length) return undefined;
  const combined = await combine(points);
  const key = ownCopy(combined);
  for (const bytes of [...points, combined]) bytes.fill(0);
  if (fingerprintOf(key) === set.key) return new LocalKek(key, random, idOfSet(set));
  key.fill(0);
  return undefined;
}
