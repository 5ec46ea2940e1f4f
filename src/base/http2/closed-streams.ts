/** More than can be on their way to who has not heard yet that they are closed. */
const MAX_REMEMBERED = 1_024;

/** The streams that were closed here while their clients still sent: what comes of them until they hear of it is not
 *  held against them.
 *  @see RFC 9113 §5.1, closed */
export class ClosedStreams {
  readonly #ids = new Set<number>();

  add(streamId: number): void {
    this.#ids.add(streamId);
    if (this.#ids.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }

  has(streamId: number): boolean {
    return this.#ids.has(streamId);
  }
}
