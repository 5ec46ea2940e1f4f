const WORDS = 4;
/** Float64 fields of one service. */
const FIELD = { requests: 0, firstSeen: 1, lastSeen: 2, tells: 3 } as const;

/** What is counted of each service, by its number. */
export class ServiceRows {
  #rows = new Float64Array(64 * WORDS);
  #end = 0;

  /** Numbers of services are below it. */
  get end(): number {
    return this.#end;
  }

  has(service: number): boolean {
    return this.#at(service, FIELD.lastSeen) > 0;
  }
  requests(service: number): number {
    return this.#at(service, FIELD.requests);
  }
  firstSeen(service: number): number {
    return this.#at(service, FIELD.firstSeen);
  }
  lastSeen(service: number): number {
    return this.#at(service, FIELD.lastSeen);
  }
  /** Whether it has told of itself, or a proxy has for it. */
  tells(service: number): boolean {
    return this.#at(service, FIELD.tells) > 0;
  }

  count(
    service: number,
    requests: number,
    firstSeen: number,
    lastSeen: number,
    tells: boolean,
  ): void {
    if (service >= this.#end) this.#reach(service);
    const rows = this.#rows;
    const at = service * WORDS;
    rows[at + FIELD.requests] = (rows[at + FIELD.requests] ?? 0) + requests;
    const first = rows[at + FIELD.firstSeen] ?? 0;
    if (first === 0 || firstSeen < first) rows[at + FIELD.firstSeen] = firstSeen;
    if (lastSeen > (rows[at + FIELD.lastSeen] ?? 0)) rows[at + FIELD.lastSeen] = lastSeen;
    if (tells) rows[at + FIELD.tells] = 1;
  }

  #at(service: number, field: number): number {
    return this.#rows[service * WORDS + field] ?? 0;
  }

  #reach(service: number): void {
    this.#end = service + 1;
    if (this.#end * WORDS <= this.#rows.length) return;
    const before = this.#rows;
    this.#rows = new Float64Array(Math.max(before.length * 2, this.#end * WORDS));
    this.#rows.set(before);
  }
}
