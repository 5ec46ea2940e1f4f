/** Names by when they are due, the earliest first; each name once. Adding, moving and removing take a time that grows
 *  with the logarithm of how many there are. */
export class DueHeap {
  readonly #names: string[] = [];
  readonly #dues: number[] = [];
  /** Of each name, where it stands. */
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#names.length;
  }

  /** When the first one is due; undefined: there is none. */
  get firstDue(): number | undefined {
    return this.#dues[0];
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** Adds a name, or moves it. */
  set(name: string, due: number): void {
    const place = this.#places.get(name) ?? this.size;
    this.#put(place, name, due);
    this.#up(place);
    this.#down(this.#places.get(name) ?? place);
  }

  delete(name: string): void {
    const place = this.#places.get(name);
    if (place === undefined) return;
    this.#places.delete(name);
    const [lastName, lastDue] = [this.#names.pop(), this.#dues.pop()];
    if (place === this.size || lastName === undefined || lastDue === undefined) return;
    this.#put(place, lastName, lastDue);
    this.#up(place);
    this.#down(this.#places.get(lastName) ?? place);
  }

  /** Takes out the first one, if it is due. */
  take(now: number): string | undefined {
    const [name] = this.#names;
    if (name === undefined || (this.#dues[0] ?? 0) > now) return undefined;
    this.delete(name);
    return name;
  }

  #put(place: number, name: string, due: number): void {
    this.#names[place] = name;
    this.#dues[place] = due;
    this.#places.set(name, place);
  }

  #dueAt(place: number): number {
    return this.#dues[place] ?? Number.POSITIVE_INFINITY;
  }

  #up(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#dueAt(parent) <= this.#dueAt(place)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #down(from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const least = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (least >= this.size || this.#dueAt(place) <= this.#dueAt(least)) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #swap(a: number, b: number): void {
    const [nameA = '', nameB = ''] = [this.#names[a], this.#names[b]];
    const [dueA, dueB] = [this.#dueAt(a), this.#dueAt(b)];
    this.#put(a, nameB, dueB);
    this.#put(b, nameA, dueA);
  }
}
