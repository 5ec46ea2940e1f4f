import {
  type Answers,
  type AssignmentFact,
  type AuditEntry,
  type AuditQuery,
  correctionId,
  DECISIONS_SCOPE,
  type DecisionChange,
  type EndpointTraffic,
  type EstateStore,
  type Fact,
  factId,
  type JudgedEstate,
  type ListQuery,
  type Page,
  type StoredCorrection,
  type StoredDecision,
  type StoredFact,
  type StoredFinding,
  sumTraffic,
  type TrafficOf,
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
  readonly seen = new Map<string, readonly TrafficOf[]>();
  readonly log: AuditEntry[] = [];
  judged: JudgedEstate = NOTHING;
  summaries: Readonly<Record<string, unknown>> = {};
  history: { answers: Answers; at: string }[] = [];
  fail: Error | undefined;
  folds = 0;
  readonly #decided = new Map<string, { decision: StoredDecision; fact: Fact }>();
  readonly #assigned = new Map<string, AssignmentFact>();
  readonly #corrected = new Map<string, StoredCorrection>();

  async fold(scope: string, facts: readonly Fact[], at: string): Promise<void> {
    this.#check();
    this.folds++;
    const kept = this.scopes.get(scope) ?? new Map<string, StoredFact>();
    this.scopes.set(scope, kept);
    for (const fact of facts) kept.set(factId(fact), { fact, firstSeen: at, lastSeen: at });
  }

  async replace(
    scope: string,
    facts: readonly Fact[],
    at: string,
    traffic?: readonly TrafficOf[],
  ): Promise<void> {
    this.#check();
    this.scopes.delete(scope);
    if (traffic) this.seen.set(scope, traffic);
    await this.fold(scope, facts, at);
  }

  async withdraw(scope: string): Promise<void> {
    this.#check();
    this.scopes.delete(scope);
    this.seen.delete(scope);
  }

  async facts(entity?: Fact['entity']): Promise<readonly StoredFact[]> {
    this.#check();
    return [...this.scopes.values()]
      .flatMap((facts) => [...facts.values()])
      .filter(({ fact }) => entity === undefined || fact.entity === entity);
  }

  async traffic(): Promise<ReadonlyMap<string, EndpointTraffic>> {
    this.#check();
    const found = new Map<string, EndpointTraffic>();
    for (const { id, ...traffic } of [...this.seen.values()].flat()) {
      const other = found.get(id);
      found.set(id, other ? sumTraffic(other, traffic) : traffic);
    }
    return found;
  }

  async decide(changes: readonly DecisionChange[]) {
    this.#check();
    const entries = changes.map((change) => {
      if (!this.#make(change)) return undefined;
      const entry = { sequence: this.log.length + 1, ...change.entry };
      this.log.push(entry);
      return entry;
    });
    const assigned = [...this.#assigned.values()].map((fact) => ({ fact, ...fact }));
    const facts = [...this.#decided.values(), ...assigned].map(({ decision: { at }, fact }) => {
      return [factId(fact), { fact, firstSeen: at, lastSeen: at }] as const;
    });
    this.scopes.set(DECISIONS_SCOPE, new Map(facts));
    return entries;
  }

  /** Whether it changed something. */
  #make(change: DecisionChange): boolean {
    switch (change.change) {
      case 'decide': {
        const { decision, fact } = change;
        this.#decided.set(`${decision.action} ${decision.endpoint}`, { decision, fact });
        return true;
      }
      case 'undo':
        return this.#decided.delete(`${change.action} ${change.endpoint}`);
      case 'assign':
        this.#assigned.set(change.fact.id, change.fact);
        return true;
      case 'unassign':
        return this.#assigned.delete(change.credential);
      case 'correct': {
        const id = correctionId(change.correction.service, change.correction.correction);
        this.#corrected.set(id, { ...change.correction, id });
        return true;
      }
      case 'uncorrect':
        return this.#corrected.delete(change.id);
    }
  }

  async decisions(endpoint?: string) {
    this.#check();
    return [...this.#decided.values()]
      .map(({ decision }) => decision)
      .filter((decision) => endpoint === undefined || decision.endpoint === endpoint);
  }

  async corrections(service?: string) {
    this.#check();
    return [...this.#corrected.values()].filter(
      (correction) => service === undefined || correction.service === service,
    );
  }

  async audit({ limit, after, actor, action, subject }: AuditQuery): Promise<Page<AuditEntry>> {
    this.#check();
    const asked = Object.entries({ actor, action, subject });
    const found = this.log
      .filter((entry) =>
        asked.every(([name, value]) => value === undefined || entry[name as 'actor'] === value),
      )
      .reverse();
    const left = found.filter(({ sequence }) => after === undefined || sequence < Number(after));
    const items = left.slice(0, limit);
    const next = left.length > limit ? String(items.at(-1)?.sequence) : undefined;
    return { items, next, total: found.length };
  }

  async publish(
    judged: JudgedEstate,
    at: string,
    summaries: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    this.#check();
    this.judged = judged;
    this.summaries = summaries;
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

  async summary(name: string): Promise<unknown> {
    this.#check();
    return this.summaries[name];
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
    const asked = Object.entries(query.filter ?? {}).filter(([, value]) => value !== 'all');
    const found = all
      .filter((item) => words.every((word) => item.id.toLowerCase().includes(word)))
      .filter((item) =>
        asked.every(([key, value]) => String((item as Record<string, unknown>)[key]) === value),
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
