import { z } from 'zod';
import { auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import {
  anew,
  canonicalJson,
  type DocumentStore,
  type GroupDefinition,
  type NewAuditEntry,
  type PolicyFile,
  type PolicySources,
  Source,
  type StoredDocument,
} from '../../estate/index.ts';
import { withLast } from './with-last.ts';

const KIND = 'policy-sources';
/** What stands beside the folders, under a name that no folder has. */
const OWN = '(here)';

const Member = z.object({ name: z.string(), namespace: z.string().optional(), source: Source });

const Kept = z.object({
  guardrails: z.array(
    z.object({
      path: z.string(),
      text: z.string(),
      unread: z.string().optional(),
      isFolder: z.literal(true).optional(),
      keptFor: z.string().optional(),
    }),
  ),
  groups: z.array(
    z.object({
      name: z.string(),
      services: z.array(Member),
      groups: z.array(z.object({ name: z.string(), source: Source })),
      source: Source,
      problem: z.string().optional(),
    }),
  ),
  groupsUnread: z.array(z.object({ file: z.string(), why: z.string() })).optional(),
});

/** The guardrails and groups of every folder that was read, as the store has them. */
export class KeptSources {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(store: DocumentStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Takes the place of what the folder said before, with an entry in the audit log where that changes anything. What
   *  could not be read of it stays as it was read last.
   *  @throws {Fault} `estate/unavailable`, `estate/document-conflict` */
  async keep(folder: string, read: PolicySources): Promise<void> {
    const documents = await this.#store.documents(KIND);
    const before = documents.find(({ id }) => id === folder);
    const sources = withLast(read, Kept.safeParse(before?.body).data as PolicySources | undefined);
    const isSame = canonicalJson(before?.body ?? NOTHING) === canonicalJson(sources);
    if (before && isSame) return;
    const said = {
      guardrails: sources.guardrails.map(({ path }) => path),
      groups: sources.groups.map(({ name }) => name),
    };
    await this.#store.amend(
      // that it said nothing is kept, too: what cannot be read of it later is not nothing unless it was read once
      [{ kind: KIND, id: folder, version: before?.version ?? 0, body: sources }],
      isSame ? [] : [auditEntryOf('policy.read', folder, said, { ...BY, now: this.#clock() })],
    );
  }

  /** Guardrails that are of no folder, which people have made here.
   *  @throws {Fault} `estate/unavailable` */
  async own(): Promise<readonly PolicyFile[]> {
    const document = await this.#store.document(KIND, OWN);
    return document ? parse(document).guardrails : [];
  }

  /** Changes those, with what the audit log says of it.
   *  @param work gives undefined where nothing is to change
   *  @throws {Fault} `estate/unavailable`, `estate/document-conflict` */
  async changeOwn(
    work: (before: readonly PolicyFile[]) => readonly PolicyFile[] | undefined,
    entry: NewAuditEntry,
  ): Promise<void> {
    await anew(async () => {
      const before = await this.#store.document(KIND, OWN);
      const guardrails = work(before ? parse(before).guardrails : []);
      if (guardrails === undefined) return;
      const body: PolicySources = { guardrails, groups: [] };
      const change = { kind: KIND, id: OWN, version: before?.version ?? 0, body };
      await this.#store.amend([change], [entry]);
    });
  }

  /** Of all folders together; the paths of guardrails, and the files of groups, begin with their folder's name.
   *  @throws {Fault} `estate/unavailable` */
  async all(): Promise<PolicySources> {
    const kept = (await this.#store.documents(KIND)).map((one) => ({ id: one.id, ...parse(one) }));
    return {
      guardrails: kept.flatMap(({ id, guardrails }) =>
        guardrails.map((one) => ({ ...one, path: `${id}/${one.path}` })),
      ),
      groups: kept.flatMap(({ id, groups }) => groups.map((one) => groupIn(id, one))),
      groupsUnread: kept.flatMap(({ id, groupsUnread = [] }) =>
        groupsUnread.map((one) => ({ ...one, file: `${id}/${one.file}` })),
      ),
    };
  }
}

const NOTHING: PolicySources = { guardrails: [], groups: [] };
const BY = { actor: 'scan', reason: '' };

function groupIn(folder: string, group: GroupDefinition): GroupDefinition {
  const within = <T extends { readonly source: Source }>(one: T): T => ({
    ...one,
    source: { ...one.source, file: `${folder}/${one.source.file ?? ''}` },
  });
  return {
    ...within(group),
    services: group.services.map(within),
    groups: group.groups.map(within),
  };
}

function parse({ id, body }: StoredDocument): PolicySources {
  const { success, data } = Kept.safeParse(body);
  // no policy can be made without its guardrails: whoever makes one keeps the last instead
  if (success) return data as PolicySources;
  throw new Fault(
    'authorization/sources-damaged',
    `What folder ${quote(id)} says of guardrails and groups cannot be read from the store`,
    { hint: 'scan the folder again' },
  );
}
