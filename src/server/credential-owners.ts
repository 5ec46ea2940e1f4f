import { Fault, quote } from '../base/fault.ts';
import {
  type Credential,
  type CredentialFact,
  credentialGroups,
  type DecisionChange,
  type EstateStore,
  toCredentialRecord,
} from '../estate/index.ts';
import { assignment, unassignments } from '../secrets/registry/index.ts';
import type { Asking } from '../secrets/rotation/index.ts';
import { judgedInTime } from './judged-in-time.ts';

export interface CredentialOwnerPorts {
  readonly store: Pick<EstateStore, 'facts' | 'credentials' | 'decide'>;
  readonly clock: () => number;
  /** Judges the estate at once; false where that failed. */
  readonly judge: () => Promise<boolean>;
  /** Longest that an answer waits for the estate to be judged. */
  readonly waitMs?: number;
  /** Of a secret that Reeve keeps, which has its owner itself: who answers, and another one, null for none. */
  readonly kept: {
    ownerOf(secret: string): Promise<string | null>;
    edit(secret: string, owner: string | null, by: Asking): Promise<void>;
  };
}

/** Who wants to assign what, and whether that is theirs to say. */
export interface Assignment {
  readonly id: string;
  /** Null: what people have said of it is taken back. */
  readonly owner: string | null;
  readonly by: Asking;
  /** Told who answers until now, as far as anybody does.
   *  @throws {Fault} `http/team-forbidden` */
  readonly check: (now: { readonly owner: string | null; readonly isKept: boolean }) => void;
}

/** What has become of it. */
export interface Assigned {
  /** False: it holds, and the estate is still being judged with it. */
  readonly judged: boolean;
  /** As it is judged afterwards; null where that is still going on. */
  readonly credential: Credential | null;
}

/** Takes in what people say of who answers for credentials: checks it, keeps it with its audit entry, and has it judged. */
export class CredentialOwners {
  readonly #ports: CredentialOwnerPorts;
  /** One after the other: two teams may ask for what nobody owns at the same time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: CredentialOwnerPorts) {
    this.#ports = ports;
  }

  /** @throws {Fault} `secrets/credential-not-found`, `secrets/assignment-not-found`, and what `check` throws */
  async assign(asked: Assignment): Promise<Assigned> {
    const turn = this.#turn.then(() => this.#change(asked));
    this.#turn = turn.catch(() => undefined);
    await turn;
    const { judge, waitMs } = this.#ports;
    const judged = await judgedInTime(judge, waitMs);
    return { judged, credential: (judged && (await this.#judged(asked.id))) || null };
  }

  async #change({ id, owner, by, check }: Assignment): Promise<void> {
    const { store, clock, kept } = this.#ports;
    const [facts, credential] = [await this.#factsOf(id), await this.#judged(id)];
    if (facts === undefined || credential === undefined) throw notFound(id);
    const { secret, assigned } = toCredentialRecord(facts);
    const isKept = secret !== undefined;
    // what was judged last may not know yet what somebody has just said
    const now = isKept ? await kept.ownerOf(secret) : (assigned?.owner ?? credential.owner);
    check({ owner: now, isKept });
    if (isKept) await kept.edit(secret, owner, by);
    const changes = changesOf(facts, owner, isKept, { ...by, now: clock() });
    if (changes.length > 0) await store.decide(changes);
  }

  async #factsOf(id: string): Promise<readonly CredentialFact[] | undefined> {
    const stored = await this.#ports.store.facts('credential');
    const facts = stored.flatMap(({ fact }) => (fact.entity === 'credential' ? [fact] : []));
    return credentialGroups(Map.groupBy(facts, (fact) => fact.id)).get(id);
  }

  async #judged(id: string): Promise<Credential | undefined> {
    const { items } = await this.#ports.store.credentials({ limit: 1, filter: { id } });
    return items[0];
  }
}

/** The word of the secret counts where Reeve keeps it: what was said before that is taken back with it. */
function changesOf(
  facts: readonly CredentialFact[],
  owner: string | null,
  isKept: boolean,
  by: Parameters<typeof assignment>[2],
): readonly DecisionChange[] {
  if (isKept && !(owner === null && facts.some(({ decision }) => decision))) return [];
  return owner === null ? unassignments(facts, by) : [assignment(facts, owner, by)];
}

const notFound = (id: string): Fault =>
  new Fault('secrets/credential-not-found', `There is no credential ${quote(id, 200)}`, {
    hint: '`reeve credentials --format json` lists their ids',
  });
