import {
  type Answers,
  type EstateStore,
  type Fact,
  factId,
  type JudgedEstate,
  type ListQuery,
  type Page,
  type StoredFact,
  type StoredFinding,
} from '../../estate/index.ts';

const NOTHING: JudgedEstate = {
  services: [],
  endpoints: [],
  calls: [],
  credentials: [],
  findings: [],
  answers: {
    endpointsInventoried: { total: 0, satisfied: 0 },
    callsAuthenticated: { total: 0, satisfied: 0 },
    credentialsGoverned: { total: 0, satisfied: 0 },
  },
};

/** An estate in memory, for tests of what stands before the store. `fail` makes every method throw. */
export class MemoryStore implements EstateStore {
  readonly scopes = new Map<string, Map<string, StoredFact>>();
  judged: JudgedEstate = NOTHING;
  history: { answers: Answers; at: string }[] = [];
  fail: Error | undefined;
  folds = 0;

  async fold(scope: string, facts: readonly Fact[], at: string): Promise<void> {
    this.#check();
    this.folds++;
    const kept = this.scopes.get(scope) ?? new Map<string, StoredFact>();
    this.scopes.set(scope, kept);
    for (const fact of facts) kept.set(factId(fact), { fact, firstSeen: at, lastSeen: at });
  }

  async replace(scope: string, facts: readonly Fact[], at: string): Promise<void> {
    this.#check();
    this.scopes.delete(scope);
    await this.fold(scope, facts, at);
  }

  async facts(): Promise<readonly StoredFact[]> {
    this.#check();
    return [...this.scopes.values()].flatMap((facts) => [...facts.values()]);
  }

  async publish(judged: JudgedEstate, at: string): Promise<void> {
    this.#check();
    this.judged = judged;
    this.history.push({ answers: judged.answers, at });
  }

  async answers() {
    this.#check();
    return this.history.at(-1);
  }

  async answersHistory(limit: number) {
    this.#check();
    return this.history.slice(-limit);
  }

  services = (query: ListQuery) => this.#page(this.judged.services, query);
  endpoints = (query: ListQuery) => this.#page(this.judged.endpoints, query);
  calls = (query: ListQuery) => this.#page(this.judged.calls, query);
  credentials = (query: ListQuery) => this.#page(this.judged.credentials, query);
  findings = (query: ListQuery): Promise<Page<StoredFinding>> =>
    this.#page(
      this.judged.findings.map((finding) => ({
        ...finding,
        firstSeen: '',
        lastSeen: '',
        resolvedAt: null,
      })),
      query,
    );

  async owners() {
    this.#check();
    return [];
  }

  async environments() {
    this.#check();
    return [...new Set(this.judged.services.map((service) => service.environment))];
  }

  async ping(): Promise<void> {
    this.#check();
  }

  async close(): Promise<void> {}

  async #page<Item extends { id: string }>(
    all: readonly Item[],
    query: ListQuery,
  ): Promise<Page<Item>> {
    this.#check();
    const words = (query.search ?? '').toLowerCase().split(' ');
    const found = all
      .filter((item) => words.every((word) => item.id.toLowerCase().includes(word)))
      .filter((item) =>
        Object.entries(query.filter ?? {}).every(
          ([key, value]) => (item as Record<string, unknown>)[key] === value,
        ),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const start = query.after === undefined ? 0 : Number(query.after);
    const end = start + query.limit;
    const next = end < found.length ? String(end) : undefined;
    return { items: found.slice(start, end), next, total: found.length };
  }

  #check(): void {
    if (this.fail) throw this.fail;
  }
}
