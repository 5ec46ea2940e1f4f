/** Work by name, in the order in which it came: so much at once, and one at a time of each target. A name is in it
 *  once, whether it waits or is worked on; what is added while it is worked on is done once more afterwards. */
export class WorkQueue {
  readonly #atOnce: number;
  readonly #work: (name: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  /** Of targets that are being changed, who waits for them. */
  readonly #targets = new Map<string, Set<string>>();
  #isClosed = false;

  /** @param work is to enter its target before it changes that; never rejects */
  constructor(atOnce: number, work: (name: string) => Promise<void>) {
    this.#atOnce = atOnce;
    this.#work = work;
  }

  /** Whether it is worked on right now. */
  isWorking(name: string): boolean {
    return this.#working.has(name);
  }

  add(name: string): void {
    if (this.#working.has(name)) this.#again.add(name);
    else this.#waiting.add(name);
    this.#pump();
  }

  /** Whether the target is free for this work, which has it until it `leave`s; else it is begun anew when it is. */
  enter(target: string, name: string): boolean {
    const waiting = this.#targets.get(target);
    if (waiting === undefined) this.#targets.set(target, new Set());
    else waiting.add(name);
    return waiting === undefined;
  }

  leave(target: string): void {
    const waiting = this.#targets.get(target) ?? [];
    this.#targets.delete(target);
    for (const name of waiting) this.#waiting.add(name);
    this.#pump();
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.settled();
  }

  /** Resolves when nothing is worked on. */
  async settled(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working.values());
  }

  #pump(): void {
    for (const name of this.#waiting) {
      if (this.#isClosed || this.#working.size >= this.#atOnce) return;
      if (this.#working.has(name)) continue;
      this.#waiting.delete(name);
      const work = this.#work(name).finally(() => {
        this.#working.delete(name);
        if (this.#again.delete(name)) this.#waiting.add(name);
        this.#pump();
      });
      this.#working.set(name, work);
    }
  }
}
