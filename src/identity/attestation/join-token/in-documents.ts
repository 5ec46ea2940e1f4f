import { z } from 'zod';
import { auditEntryOf } from '../../../audit/index.ts';
import { compareText } from '../../../base/diagnostic.ts';
import { Fault, quote } from '../../../base/fault.ts';
import type { DocumentChange, DocumentStore, NewAuditEntry } from '../../../estate/index.ts';
import type { JoinTokenStore } from './store.ts';
import type { JoinToken } from './token.ts';

const KIND = 'join-token';
const ATTEMPTS = 5;
/** Tokens that are kept at once. */
const MAX_TOKENS = 10_000;
/** How long an expired token is remembered, so that whoever comes late is told why it is refused. */
const KEPT_MS = 86_400_000;
/** Characters of a token's hash that tell it from others in the audit log. */
const SHORT_ID = 12;

const StoredToken = z.strictObject({
  id: z.string(),
  agent: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  used: z.strictObject({ at: z.string(), by: z.string() }).nullable(),
}) satisfies z.ZodType<JoinToken>;

interface Kept {
  readonly record: JoinToken;
  readonly version: number;
}

/** Join tokens in the estate's store, each a document that changes with the audit log. They are read once,
 *  and again where another process has changed one. */
export class DocumentJoinTokenStore implements JoinTokenStore {
  readonly #store: DocumentStore;
  #kept: Map<string, Kept> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** Forgets tokens that expired long before, too.
   *  @throws {Fault} `identity/join-tokens-too-many` */
  add(record: JoinToken): Promise<void> {
    return this.#inTurn(async (kept) => {
      const over = expiredBefore(kept, Date.parse(record.createdAt) - KEPT_MS);
      const count = kept.size - over.length;
      if (count >= MAX_TOKENS) throw tooMany(count);
      const said = { token: shortOf(record), until: record.expiresAt };
      const by = { actor: record.createdBy, at: record.createdAt };
      await this.#amend(
        kept,
        [...over, toChange(kept, record.id, record)],
        [entryOf('join-token.create', record, said, by)],
      );
    });
  }

  change<Result>(
    id: string,
    step: (found: JoinToken | undefined) => { readonly record: JoinToken; readonly shown: Result },
  ): Promise<Result> {
    return this.#inTurn(async (kept) => {
      const { record, shown } = step(kept.get(id)?.record);
      const { used, agent } = record;
      const entries =
        used === null
          ? []
          : [
              entryOf(
                'join-token.use',
                record,
                { token: shortOf(record), from: used.by },
                { actor: agent, at: used.at },
              ),
            ];
      await this.#amend(kept, [toChange(kept, id, record)], entries);
      return shown;
    });
  }

  removeExpired(before: number): Promise<number> {
    return this.#inTurn(async (kept) => {
      const over = expiredBefore(kept, before);
      await this.#amend(kept, over, []);
      return over.length;
    });
  }

  /** All that are kept, the newest first. */
  list(): Promise<readonly JoinToken[]> {
    return this.#inTurn(async (kept) =>
      [...kept.values()]
        .map(({ record }) => record)
        .sort((a, b) => compareText(b.createdAt, a.createdAt)),
    );
  }

  /** Takes a token back: whoever presents it is refused.
   *  @param now milliseconds since 1970
   *  @throws {Fault} `identity/join-token-not-found` */
  remove(
    id: string,
    {
      actor,
      reason,
      now,
    }: { readonly actor: string; readonly reason: string; readonly now: number },
  ): Promise<JoinToken> {
    return this.#inTurn(async (kept) => {
      const record = kept.get(id)?.record;
      if (record === undefined) throw notFound(id);
      const entry = auditEntryOf(
        'join-token.delete',
        record.agent,
        { token: shortOf(record) },
        { actor, reason, now },
      );
      await this.#amend(kept, [toChange(kept, id, undefined)], [entry]);
      return record;
    });
  }

  /** Does some work when all that came before is done, again where what it knew was no longer so. */
  #inTurn<Result>(work: (kept: Map<string, Kept>) => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await work(await this.#load());
        } catch (thrown) {
          const isConflict = thrown instanceof Fault && thrown.code === 'estate/document-conflict';
          if (!isConflict || attempt === ATTEMPTS) throw thrown;
        }
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #load(): Promise<Map<string, Kept>> {
    if (this.#kept) return this.#kept;
    const documents = await this.#store.documents(KIND);
    this.#kept = new Map(
      documents.flatMap(({ id, version, body }) => {
        const record = StoredToken.safeParse(body).data;
        return record === undefined ? [] : [[id, { record, version }] as const];
      }),
    );
    return this.#kept;
  }

  async #amend(
    kept: Map<string, Kept>,
    changes: readonly DocumentChange[],
    entries: readonly NewAuditEntry[],
  ): Promise<void> {
    try {
      await this.#store.amend(changes, entries);
    } catch (thrown) {
      // it may have been made all the same, or somebody else has made another
      this.#kept = undefined;
      throw thrown;
    }
    for (const { id, version, body } of changes) {
      if (body === undefined) kept.delete(id);
      else kept.set(id, { record: body as JoinToken, version: version + 1 });
    }
  }
}

const toChange = (
  kept: ReadonlyMap<string, Kept>,
  id: string,
  body: JoinToken | undefined,
): DocumentChange => ({ kind: KIND, id, version: kept.get(id)?.version ?? 0, body });

/** What forgets the tokens that expired before a time. */
const expiredBefore = (kept: ReadonlyMap<string, Kept>, before: number): DocumentChange[] =>
  [...kept.values()]
    .filter(({ record }) => Date.parse(record.expiresAt) < before)
    .map(({ record }) => toChange(kept, record.id, undefined));

const shortOf = ({ id }: JoinToken): string => id.slice(0, SHORT_ID);

function entryOf(
  action: 'join-token.create' | 'join-token.use',
  { agent }: JoinToken,
  said: Readonly<Record<string, string>>,
  { actor, at }: { readonly actor: string; readonly at: string },
): NewAuditEntry {
  return auditEntryOf(action, agent, said, { actor, reason: '', now: Date.parse(at) });
}

const tooMany = (count: number) =>
  new Fault('identity/join-tokens-too-many', `There are ${count} join tokens, which is the limit`, {
    hint: 'delete those that nobody will use',
  });

const notFound = (id: string) =>
  new Fault('identity/join-token-not-found', `There is no join token ${quote(id, 64)}`, {
    hint: 'list the join tokens: it may have ended by itself',
  });
