import { randomUUID } from 'node:crypto';
import { toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { AuditLog, AuditSeal } from '../audit-log.ts';
import type { DocumentChange, DocumentStore } from '../document.ts';
import type { Fact } from '../fact.ts';
import type { Answers, Call, Credential, Endpoint, Service } from '../model.ts';
import type {
  AuditQuery,
  DecisionChange,
  EstateStore,
  JudgedEstate,
  ListQuery,
  NewAuditEntry,
  OwnerSummary,
  Page,
  StoredFinding,
  TrafficOf,
} from '../store.ts';
import { type AppendAudit, auditAppender, readAudit } from './audit.ts';
import { NO_SEAL, readHead, readRoots, readRows, readTexts } from './audit-tree.ts';
import { makeChanges, readDecisions } from './decisions.ts';
import { amendDocuments, readDocument, readDocuments, readVersions } from './documents.ts';
import type { Engine } from './engine.ts';
import { foldFacts, readFacts, replaceFacts } from './facts.ts';
import { GroupCommit } from './group-commit.ts';
import { toKey } from './key.ts';
import { type ListedRow, type ListName, readPage } from './list.ts';
import { latestAnswers, publishJudged } from './publish.ts';
import { withdrawScope } from './scope-rows.ts';
import { readTraffic, replaceTraffic } from './traffic.ts';

/** The store over any SQL engine whose schema is up to date. */
export class SqlStore implements EstateStore, DocumentStore, AuditLog {
  readonly #engine: Engine;
  readonly #append: AppendAudit;
  readonly #entries: GroupCommit;

  constructor(engine: Engine, seal: AuditSeal = NO_SEAL) {
    this.#engine = engine;
    this.#append = auditAppender(seal);
    this.#entries = new GroupCommit((entries) => this.#amend([], entries));
  }

  async fold(scope: string, facts: readonly Fact[], at: string): Promise<void> {
    if (facts.length === 0) return;
    const sighting = { scope, facts, at: parseTime(at) };
    await this.#engine.write((transaction) => foldFacts(transaction, this.#engine.words, sighting));
  }

  async replace(
    scope: string,
    facts: readonly Fact[],
    at: string,
    traffic?: readonly TrafficOf[],
  ): Promise<void> {
    const { words } = this.#engine;
    const sighting = { scope, facts, at: parseTime(at) };
    await this.#engine.write(async (transaction) => {
      await replaceFacts(transaction, words, sighting);
      if (traffic) await replaceTraffic(transaction, words, scope, traffic);
    });
  }

  async withdraw(scope: string): Promise<void> {
    await this.#engine.write((transaction) =>
      withdrawScope(transaction, this.#engine.words, scope),
    );
  }

  facts(entity?: Fact['entity']) {
    return this.#engine.snapshot((transaction) => readFacts(transaction, entity));
  }

  traffic() {
    return this.#engine.snapshot(readTraffic);
  }

  async decide(changes: readonly DecisionChange[]) {
    if (changes.length === 0) return [];
    const timed = changes.map(withParsedTime);
    const change = randomUUID();
    return this.#engine.write((transaction) =>
      makeChanges(transaction, { words: this.#engine.words, append: this.#append }, timed, change),
    );
  }

  decisions(endpoint?: string) {
    return this.#engine.snapshot((transaction) => readDecisions(transaction, 'endpoint', endpoint));
  }

  corrections(service?: string) {
    return this.#engine.snapshot((transaction) => readDecisions(transaction, 'template', service));
  }

  audit(query: AuditQuery) {
    return this.#engine.snapshot((transaction) => readAudit(transaction, query));
  }

  auditHead() {
    return this.#engine.snapshot(readHead);
  }

  auditTexts(first: number, count: number) {
    return this.#engine.snapshot((transaction) => readTexts(transaction, first, count));
  }

  auditRows(first: number, count: number) {
    return this.#engine.snapshot((transaction) => readRows(transaction, first, count));
  }

  auditRoots(level: number, first: number, count: number) {
    return this.#engine.snapshot((transaction) => readRoots(transaction, level, first, count));
  }

  documents(kind: string) {
    return this.#engine.snapshot((transaction) => readDocuments(transaction, kind));
  }

  document(kind: string, id: string) {
    return this.#engine.snapshot((transaction) => readDocument(transaction, kind, id));
  }

  documentVersions(kind: string, ids: readonly string[]) {
    return this.#engine.read((database) => readVersions(database, kind, ids));
  }

  async amend(changes: readonly DocumentChange[], entries: readonly NewAuditEntry[]) {
    if (changes.length > 0) return this.#amend(changes, entries);
    return entries.length > 0 ? this.#entries.append(entries) : [];
  }

  #amend(changes: readonly DocumentChange[], entries: readonly NewAuditEntry[]) {
    const change = randomUUID();
    return this.#engine.write((transaction) =>
      amendDocuments(
        transaction,
        { words: this.#engine.words, append: this.#append },
        { changes, entries, change },
      ),
    );
  }

  async publish(
    judged: JudgedEstate,
    at: string,
    summaries?: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const time = parseTime(at);
    await this.#engine.write((transaction) =>
      publishJudged(transaction, this.#engine.words, judged, time, summaries),
    );
  }

  async answers() {
    const latest = await this.#engine.read(latestAnswers);
    return latest && toAnswers(latest);
  }

  async answersHistory(limit: number) {
    const rows = await this.#engine.read((database) =>
      database
        .selectFrom('answers')
        .select(['at', 'body'])
        .orderBy('sequence', 'desc')
        .limit(limit)
        .execute(),
    );
    return rows.reverse().map(toAnswers);
  }

  services(query: ListQuery): Promise<Page<Service>> {
    return this.#list('services', query);
  }

  endpoints(query: ListQuery): Promise<Page<Endpoint>> {
    return this.#list('endpoints', query);
  }

  calls(query: ListQuery): Promise<Page<Call>> {
    return this.#list('calls', query);
  }

  credentials(query: ListQuery): Promise<Page<Credential>> {
    return this.#list('credentials', query);
  }

  /** An open finding was last seen by the latest publication. */
  async findings(query: ListQuery): Promise<Page<StoredFinding>> {
    return this.#engine.snapshot(async (transaction) => {
      const page = await readPage(transaction, this.#engine.words, 'findings', query);
      const latest = await latestAnswers(transaction);
      return { ...page, items: page.items.map((row) => toFinding(row, latest?.at ?? '')) };
    });
  }

  async #list<Item>(list: ListName, query: ListQuery): Promise<Page<Item>> {
    const page = await this.#engine.snapshot((transaction) =>
      readPage(transaction, this.#engine.words, list, query),
    );
    return { ...page, items: page.items.map((row) => JSON.parse(row.body) as Item) };
  }

  async owners(): Promise<readonly OwnerSummary[]> {
    const rows = await this.#engine.read((database) =>
      database.selectFrom('owners').select('body').orderBy('id').execute(),
    );
    return rows.map((row) => JSON.parse(row.body) as OwnerSummary);
  }

  async environments(): Promise<readonly string[]> {
    const rows = await this.#engine.read((database) =>
      database.selectFrom('environments').select('body').orderBy('id').execute(),
    );
    return rows.map((row) => (JSON.parse(row.body) as { name: string }).name);
  }

  async summary(name: string): Promise<unknown> {
    const row = await this.#engine.read((database) =>
      database
        .selectFrom('summaries')
        .select('body')
        .where('id', '=', toKey(name))
        .executeTakeFirst(),
    );
    return row && (JSON.parse(row.body) as { summary: unknown }).summary;
  }

  async ping(): Promise<void> {
    await this.#engine.write((transaction) =>
      transaction.updateTable('migrations').set({ version: 0 }).where('version', '<', 0).execute(),
    );
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}

function toAnswers(row: { at: string; body: string }) {
  return { answers: JSON.parse(row.body) as Answers, at: row.at };
}

function toFinding(row: ListedRow, publishedAt: string): StoredFinding {
  return {
    ...(JSON.parse(row.body) as Omit<StoredFinding, 'firstSeen' | 'lastSeen' | 'resolvedAt'>),
    firstSeen: row.first_seen ?? publishedAt,
    lastSeen: row.last_seen ?? publishedAt,
    resolvedAt: row.resolved_at ?? null,
  };
}

/** A change whose decision, if it makes one, has a time that compares as text. */
function withParsedTime(change: DecisionChange): DecisionChange {
  switch (change.change) {
    case 'decide':
      return { ...change, decision: { ...change.decision, at: parseTime(change.decision.at) } };
    case 'correct':
      return {
        ...change,
        correction: { ...change.correction, at: parseTime(change.correction.at) },
      };
    default:
      return change;
  }
}

/** In UTC with milliseconds, so that times compare as texts. */
function parseTime(at: string): string {
  const milliseconds = Date.parse(at);
  if (Number.isNaN(milliseconds)) {
    throw new Fault('estate/time-malformed', `${quote(at)} is not a time`, {
      hint: 'write it as 2025-01-31T12:00:00Z',
    });
  }
  return toTimestamp(milliseconds);
}
