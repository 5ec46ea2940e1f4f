import { isProved, type Story } from './story.ts';

const HOUR = 3_600_000;

/** Keeps names that anybody can make up from making thousands of alerts: of those that nobody has proved anything for, some
 *  an hour are told by themselves, and one gathers the others. What is proved is always told by itself. */
export class Crowd {
  readonly #mostAnHour: number;
  /** When the latest of them were told, by the time of the data; the oldest first. */
  readonly #toldAt: number[] = [];
  /** The one that gathers. */
  #gathering: Story | undefined;

  constructor(mostAnHour: number) {
    this.#mostAnHour = mostAnHour;
  }

  /** The alert that a story, which would be one by itself, goes into; undefined: it is told. */
  gatherOf(story: Story): Story | undefined {
    if (isProved(story)) return undefined;
    const oldest = this.#toldAt[0];
    const isFull = this.#toldAt.length >= this.#mostAnHour;
    if (isFull && oldest !== undefined && Math.abs(story.lastAt - oldest) < HOUR) {
      if (this.#gathering !== undefined) return this.#gathering;
      this.#gathering = story;
      return undefined;
    }
    if (isFull) this.#toldAt.shift();
    this.#toldAt.push(story.lastAt);
    return undefined;
  }

  /** A story is over: another gathers what comes. */
  end(story: Story): void {
    if (this.#gathering === story) this.#gathering = undefined;
  }
}
