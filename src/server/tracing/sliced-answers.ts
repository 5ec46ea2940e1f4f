import { inSlices } from './slices.ts';

/** An answer serves all who ask the same for so many times as long as it took: no more than a part of the time goes into
 *  answers, however many ask. */
const SERVES_RATIO = 10;

interface Made {
  readonly bytes: Uint8Array;
  /** On the clock of `performance`: how long it serves. */
  readonly until: number;
}

/** Makes large answers of pieces, with rests in between, and remembers them for as long as that pays. */
export class SlicedAnswers {
  readonly #made = new Map<string, Made>();
  readonly #underWay = new Map<string, Promise<Uint8Array>>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param key what is asked
   *  @param pieces of text, made as they are taken */
  async answer(key: string, pieces: () => Iterator<string>): Promise<Uint8Array> {
    const known = this.#made.get(key);
    if (known !== undefined && this.#now() < known.until) return known.bytes;
    const underWay = this.#underWay.get(key) ?? this.#make(key, pieces);
    this.#underWay.set(key, underWay);
    try {
      return await underWay;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Drops what serves nobody any more. */
  forget(): void {
    for (const [key, { until }] of this.#made) {
      if (this.#now() >= until) this.#made.delete(key);
    }
  }

  async #make(key: string, pieces: () => Iterator<string>): Promise<Uint8Array> {
    const texts: string[] = [];
    const { tookMs } = await inSlices(pieces(), this.#now, (text) => texts.push(text));
    const began = this.#now();
    const bytes = Buffer.from(texts.join(''));
    const now = this.#now();
    this.#made.set(key, { bytes, until: now + SERVES_RATIO * (tookMs + now - began) });
    return bytes;
  }
}
