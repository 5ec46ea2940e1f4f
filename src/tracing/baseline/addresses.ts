import type { Moment } from './moment.ts';
import { Rows } from './rows.ts';

/** Words of an address's row; times are seconds. */
export const ADDRESS = { owner: 0, since: 1, last: 2, rank: 3, shared: 4 } as const;
const WORDS = 5;

const HOUR = 3_600;
const DAY = 86_400;

/** Which service runs where. Addresses are used again by others: the latest owner is kept, and since when. Where
 *  another is seen while the owner still is, several are there: a gateway, a node, a proxy. */
export class Addresses {
  readonly rows = new Rows(WORDS);

  /** A service was seen at an address, proved or by its own word, which does not dislodge one that was proved there
   *  within a day. */
  see(address: number, service: number, when: Moment, isProved: boolean): void {
    const { rows } = this;
    rows.ensure(address);
    const owner = rows.word(address, ADDRESS.owner);
    const rank = isProved ? 1 : 0;
    if (owner === service) {
      rows.setWord(address, ADDRESS.last, Math.max(rows.word(address, ADDRESS.last), when.second));
      if (rank > rows.word(address, ADDRESS.rank)) rows.setWord(address, ADDRESS.rank, rank);
      return;
    }
    const quiet = when.second - rows.word(address, ADDRESS.last);
    if (owner !== 0 && quiet < 0) return;
    if (owner !== 0 && rank < rows.word(address, ADDRESS.rank) && quiet < DAY) return;
    if (owner !== 0 && quiet < HOUR && rank === rows.word(address, ADDRESS.rank)) {
      rows.setWord(address, ADDRESS.shared, when.second);
    }
    rows.setWord(address, ADDRESS.owner, service);
    rows.setWord(address, ADDRESS.since, when.second);
    rows.setWord(address, ADDRESS.last, when.second);
    rows.setWord(address, ADDRESS.rank, rank);
  }

  /** The service that is known to be at an address just now beside the one that is seen there; 0: none is. */
  beside(address: number, service: number, when: Moment): number {
    const owner = this.owner(address);
    return owner !== service && Math.abs(when.second - this.last(address)) < HOUR ? owner : 0;
  }

  owner(address: number): number {
    return this.rows.word(address, ADDRESS.owner);
  }
  /** Seconds. */
  since(address: number): number {
    return this.rows.word(address, ADDRESS.since);
  }
  last(address: number): number {
    return this.rows.word(address, ADDRESS.last);
  }
  isProved(address: number): boolean {
    return this.rows.word(address, ADDRESS.rank) === 1;
  }
  /** Several were there at once within the last day. */
  isShared(address: number, when: Moment): boolean {
    const shared = this.rows.word(address, ADDRESS.shared);
    return shared !== 0 && when.second - shared < DAY;
  }
}
