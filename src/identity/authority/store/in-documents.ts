import { z } from 'zod';
import {
  type AuditEntry,
  type DocumentChange,
  type DocumentStore,
  type EstateStore,
  isDocumentConflict,
  type NewAuditEntry,
} from '../../../estate/index.ts';
import { type IssueCount, type IssueCounts, type IssueSum, sumsAfter } from '../issuing/index.ts';
import type { IssuedRecord } from '../revocation.ts';
import type { AuthorityChange, AuthorityStore, KeptAuthorities } from './port.ts';
import { parseStored, toStored } from './stored-state.ts';

const STATE = 'authority';
const KEY = 'authority-key';
const COUNT = 'issue-count';
const PAGE = 1_000;
const ATTEMPTS = 5;
/** Entries of one transaction, or a few more. */
const MAX_GATHERED = 500;

const StoredKey = z.strictObject({ trustDomain: z.string(), id: z.string(), sealed: z.string() });
const Counted = z.object({ x509: z.int(), jwt: z.int(), refused: z.int() });
type KeptSum = IssueSum & { readonly version: number };

/** What is recorded together. */
interface Gathering {
  readonly entries: NewAuditEntry[];
  readonly counts: IssueCount[];
  /** All of it, or nothing. */
  readonly done: Promise<void>;
}

/** Authorities in the estate's store: the state is a document, each key is one, and so are the counts of
 *  each service. They change in one transaction with the audit log. */
export class DocumentAuthorityStore implements AuthorityStore {
  readonly #store: DocumentStore & Pick<EstateStore, 'audit'>;
  #counts: Map<string, KeptSum> | undefined;
  /** Counts are read, added to and written by one at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #gathering: Gathering | undefined;

  constructor(store: DocumentStore & Pick<EstateStore, 'audit'>) {
    this.#store = store;
  }

  async load(trustDomain: string): Promise<KeptAuthorities | undefined> {
    const states = await this.#store.documents(STATE);
    const kept = states.find(({ id }) => id === trustDomain);
    if (kept === undefined) return undefined;
    const state = parseStored(kept.body, trustDomain);
    const keys = (await this.#store.documents(KEY)).flatMap(({ version, body }) => {
      const read = StoredKey.safeParse(body);
      if (!read.success || read.data.trustDomain !== trustDomain) return [];
      const { id, sealed } = read.data;
      return [[id, { sealed, version }] as const];
    });
    return { state, version: kept.version, keys: new Map(keys) };
  }

  async save({ state, version, keys, entries }: AuthorityChange): Promise<void> {
    const { trustDomain } = state;
    const changes: DocumentChange[] = keys.map(({ id, version: of, sealed }) => ({
      kind: KEY,
      id: `${trustDomain} ${id}`,
      version: of,
      body: sealed === undefined ? undefined : { trustDomain, id, sealed },
    }));
    changes.push({ kind: STATE, id: trustDomain, version, body: toStored(state) });
    await this.#store.amend(changes, entries);
  }

  /** What is to be recorded at about the same time becomes one transaction: making it durable costs more than
   *  issuing, and as much for one as for a hundred. */
  record(entries: readonly NewAuditEntry[], counts: readonly IssueCount[]): Promise<void> {
    if (this.#gathering === undefined || this.#gathering.entries.length >= MAX_GATHERED) {
      this.#gathering = this.#gather();
    }
    this.#gathering.entries.push(...entries);
    this.#gathering.counts.push(...counts);
    return this.#gathering.done;
  }

  /** Takes more until it is its turn, and all that is due now has been asked for. */
  #gather(): Gathering {
    const entries: NewAuditEntry[] = [];
    const counts: IssueCount[] = [];
    const done = this.#turn.then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#gathering === gathering) this.#gathering = undefined;
      await this.#record(entries, counts);
    });
    const gathering = { entries, counts, done };
    this.#turn = done.catch(() => undefined);
    return gathering;
  }

  async #record(entries: readonly NewAuditEntry[], added: readonly IssueCount[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.#known();
      const changed = sumsAfter(known, added);
      const changes = [...changed].map(([service, sum]) => ({
        kind: COUNT,
        id: service,
        version: known.get(service)?.version ?? 0,
        body: toPlain(sum),
      }));
      try {
        await this.#store.amend(changes, entries);
      } catch (thrown) {
        // whatever went wrong, what is known of the counts may no longer be so
        this.#counts = undefined;
        if (attempt < ATTEMPTS && isDocumentConflict(thrown)) continue;
        throw thrown;
      }
      for (const { id, version, body } of changes) known.set(id, { ...body, version: version + 1 });
      return;
    }
  }

  async #known(): Promise<Map<string, KeptSum>> {
    if (this.#counts) return this.#counts;
    const documents = await this.#store.documents(COUNT);
    this.#counts = new Map(
      documents.map(({ id, version, body }) => [id, { ...Counted.parse(body), version }]),
    );
    return this.#counts;
  }

  async counts(): Promise<IssueCounts> {
    await this.#turn;
    const known = await this.#known();
    return new Map([...known].map(([service, sum]) => [service, toPlain(sum)]));
  }

  async issuedTo(spiffeId: string, since: number): Promise<readonly IssuedRecord[]> {
    const found: IssuedRecord[] = [];
    const query = { limit: PAGE, subject: spiffeId, action: 'identity.issue' };
    for (let after: string | undefined; ; ) {
      const page = await this.#store.audit(after === undefined ? query : { ...query, after });
      const recent = page.items.filter(({ at }) => Date.parse(at) >= since);
      found.push(...recent.flatMap((entry) => toRecord(entry) ?? []));
      // a clock that was set may have brought some of a page out of order, and hardly all of it
      if (page.next === undefined || recent.length === 0) return found;
      after = page.next;
    }
  }
}

/** Without the version, which sums that are known carry. */
const toPlain = ({ x509, jwt, refused }: IssueSum): IssueSum => ({ x509, jwt, refused });

const Detail = z.object({
  authority: z.string(),
  until: z.string(),
  serial: z.string().optional(),
});

/** What an entry of the audit log says was issued. */
export function toRecord({ subject, detail }: Pick<AuditEntry, 'subject' | 'detail'>) {
  const read = Detail.safeParse(detail);
  if (!read.success) return undefined;
  const { authority, until, serial } = read.data;
  const record: IssuedRecord = { spiffeId: subject, authority, notAfter: Date.parse(until) };
  return serial === undefined ? record : { ...record, serialNumber: serial };
}
