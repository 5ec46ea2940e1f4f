import { Fault, quote } from '../../../../base/fault.ts';
import type { Random } from '../../aead.ts';
import type { LocalKek } from '../local.ts';
import { idOfSet, parseShare, type Share, type ShareSet } from './share.ts';
import { combineShares } from './split.ts';

/** How far unsealing by shares has come. */
export interface ShareProgress {
  readonly given: number;
  readonly needed: number;
}

/** Gathers the shares of one set, in memory only, until they give its key. */
export class ShareGathering {
  readonly #set: ShareSet;
  readonly #random: Random;
  readonly #shares = new Map<number, Share>();

  constructor(set: ShareSet, random: Random) {
    this.#set = set;
    this.#random = random;
  }

  get progress(): ShareProgress {
    return { given: this.#shares.size, needed: this.#set.threshold };
  }

  /** Takes one share; with the last one that is needed, gives the key, and forgets all of them.
   *  @throws {Fault} `vault/share-malformed`; `vault/share-conflict` where it is of another set, or was given already:
   *  then those before still count; `vault/share-invalid` where they do not give the key: then all begin anew */
  async add(text: string): Promise<LocalKek | undefined> {
    const share = parseShare(text);
    const [expected, found] = [idOfSet(this.#set), idOfSet(share.set)];
    if (found !== expected) {
      throw conflict(
        `This is a share of ${quote(found)}, and the vault is sealed with ${quote(expected)}`,
      );
    }
    if (this.#shares.has(share.number)) {
      share.point.fill(0);
      throw conflict(`Share ${share.number} was given already`);
    }
    this.#shares.set(share.number, share);
    if (this.#shares.size < this.#set.threshold) return undefined;
    const shares = [...this.#shares.values()];
    this.#shares.clear();
    const kek = await combineShares(this.#set, shares, this.#random);
    for (const { point } of shares) point.fill(0);
    if (kek === undefined) throw refused(shares);
    return kek;
  }

  /** Forgets the shares that were given. */
  reset(): void {
    for (const { point } of this.#shares.values()) point.fill(0);
    this.#shares.clear();
  }
}

const conflict = (why: string) =>
  new Fault('vault/share-conflict', why, { hint: 'give another share of the same set' });

const refused = (shares: readonly Share[]) =>
  new Fault(
    'vault/share-invalid',
    `Shares ${shares.map(({ number }) => number).join(', ')} do not give the key: at least one of them is wrong`,
    { hint: 'unsealing begins anew; try with other shares to find the one that is wrong' },
  );
