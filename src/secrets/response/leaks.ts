import { auditEntryOf, withoutSecrets } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import { stableId } from '../../base/ids.ts';
import type { Credential, DocumentStore } from '../../estate/index.ts';
import type { SecretKeeping, SecretMetadata } from '../keeping/index.ts';
import type { Asking } from '../rotation/index.ts';
import { fingerprintsOf, itemsOf, merged } from './find.ts';
import { LeakDocuments } from './leak-documents.ts';
import { isOfItem, type Leak, type LeakItem, type LeakReport, type LeakStanding } from './model.ts';
import { byHand, standingOf } from './standing.ts';

/** Tokens of one kind that Reeve verifies itself: what is revoked is refused when that resolves. */
export interface Issued {
  /** Whose a value is; undefined: it is none of these. */
  find(value: string): Promise<IssuedToken | undefined>;
  revoke(id: string, by: Asking): Promise<void>;
  /** When it was revoked, RFC 3339; null: it is not known when; undefined: it is not revoked.
   *  @param createdAt of the one that is meant: another one of that id is not; null: not known */
  revokedAt(id: string, createdAt: string | null): Promise<string | null | undefined>;
}

export interface IssuedToken {
  readonly id: string;
  readonly name: string;
  readonly service: string | null;
  readonly owner: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface LeaksParts {
  readonly store: DocumentStore;
  readonly secrets: Pick<SecretKeeping, 'list' | 'get' | 'change'>;
  /** Teams by the service that they own: who answers for a secret that names nobody. */
  readonly owners: () => Promise<ReadonlyMap<string, string>>;
  /** All credentials of the estate, as they were judged last. */
  readonly credentials: () => Promise<readonly Credential[]>;
  /** By kind: `api-key`. */
  readonly issued: Readonly<Record<string, Issued>>;
  readonly fingerprintKey: Uint8Array;
  readonly clock: Clock;
}

/** What is known of a value. */
export type Reported = { readonly value: string } | { readonly fingerprint: string };

/** What is looked through for what a value opens. */
interface KnownEstate {
  readonly credentials: readonly Credential[];
  readonly owners: ReadonlyMap<string, string>;
}

export interface LeakView extends Leak {
  /** In the order of `items`. */
  readonly standings: readonly LeakStanding[];
  /** Whether nothing is left to be done. */
  readonly isContained: boolean;
}

const MAX_VALUE = 65_536;
const MAX_REPORTS = 20;
const ALERT: Asking = { actor: 'reeve', reason: 'its leak was reported' };

/** Answers leaks: finds all that a value opens, has it replaced and revoked, and keeps on the list what is not. What
 *  was reported is durable before anything is done; whoever is killed meanwhile goes on with `resume`.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class Leaks {
  readonly #parts: LeaksParts;
  readonly #documents: LeakDocuments;

  constructor(parts: LeaksParts) {
    this.#parts = parts;
    this.#documents = new LeakDocuments(parts.store);
  }

  /** Takes a report, and begins to answer it.
   *  @param where it was seen
   *  @returns undefined: nothing here is known to be opened by it
   *  @throws {Fault} `secrets/leak-malformed` */
  async report(
    reported: Reported,
    where: string | null,
    by: Asking,
  ): Promise<LeakView | undefined> {
    return this.#take(reported, where, await this.#estate(), by);
  }

  /** The same of many values at once, by one look at the estate. What is no value opens nothing. */
  async reportAll(
    found: readonly { readonly value: string; readonly where: string | null }[],
    by: Asking,
  ): Promise<readonly (LeakView | undefined)[]> {
    const estate = await this.#estate();
    const views: (LeakView | undefined)[] = [];
    for (const { value, where } of found) {
      views.push(isValue(value) ? await this.#take({ value }, where, estate, by) : undefined);
    }
    return views;
  }

  async #take(
    reported: Reported,
    where: string | null,
    estate: KnownEstate,
    by: Asking,
  ): Promise<LeakView | undefined> {
    const fingerprints = this.#fingerprintsOf(reported);
    const { items, fingerprint } = await this.#find(reported, fingerprints, estate);
    const id = stableId('leak', fingerprint);
    const now = this.#parts.clock();
    const { actor } = by;
    const [reason, place] = [withoutValue(by.reason, reported), withoutValue(where, reported)];
    const report = { at: new Date(now).toISOString(), by: actor, reason, where: place };
    const said = {
      ...{ fingerprint, where: place ?? undefined },
      opens: items.map(({ kind, subject }) => `${kind} ${subject}`),
    };
    const entry = auditEntryOf('leak.report', id, said, { actor, reason, now });
    if (items.length === 0) {
      await this.#parts.store.amend([], [entry]);
      return undefined;
    }
    const leak = await this.#documents.change(id, (before) => ({
      leak: {
        ...{ id, fingerprint: before?.fingerprint ?? fingerprint },
        reports: withReport(before?.reports ?? [], report),
        items: [...merged(before?.items ?? [], items)],
      },
      entry,
    }));
    await this.#answer(leak);
    return this.#view(leak);
  }

  /** The newest first. */
  async list(): Promise<readonly LeakView[]> {
    const leaks = await this.#documents.all();
    const latest = ({ reports }: Leak) => reports.at(-1)?.at ?? '';
    const sorted = [...leaks].sort((a, b) => (latest(a) < latest(b) ? 1 : -1));
    return Promise.all(sorted.map((leak) => this.#view(leak)));
  }

  /** @throws {Fault} `secrets/leak-not-found` */
  async get(id: string): Promise<LeakView> {
    return this.#view(await this.#documents.get(id));
  }

  /** A person has seen to it that a value is refused for what only people can take it from.
   *  @throws {Fault} `secrets/leak-not-found`, `secrets/leak-conflict` */
  async done(id: string, subject: string, by: Asking): Promise<LeakView> {
    const before = await this.get(id);
    const isWaiting = before.items.some(
      (item, at) => item.subject === subject && before.standings[at]?.state === 'waits',
    );
    if (!isWaiting) {
      throw new Fault('secrets/leak-conflict', 'Nothing of that name waits for a person there', {
        hint: 'look at the leak: what Reeve revokes itself ends by itself',
      });
    }
    await this.#settle(before, subject, by);
    const now = this.#parts.clock();
    const reason = withoutSecrets(by.reason);
    const done = { at: new Date(now).toISOString(), by: by.actor, reason };
    const { standings: _, isContained: __, ...seen } = before;
    const leak = await this.#documents.change(id, (stored = seen) => ({
      leak: {
        ...stored,
        items: stored.items.map((item) => (item.subject === subject ? { ...item, done } : item)),
      },
      entry: auditEntryOf('leak.done', id, { subject }, { ...by, now }),
    }));
    return this.#view(leak);
  }

  /** Of a secret, the version is revoked as far as Reeve is concerned. */
  async #settle({ items }: Leak, subject: string, by: Asking): Promise<void> {
    const { secrets } = this.#parts;
    for (const { number: version } of versionsOf(subject, items, secrets.get(subject))) {
      await secrets.change(subject, { event: 'settle', version, by });
    }
  }

  /** Goes on with all that was reported and is not answered yet, as after a restart. */
  async resume(): Promise<void> {
    const leaks = await this.#documents.all();
    const done = await Promise.allSettled(leaks.map((leak) => this.#answer(leak)));
    const failed = done.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #answer(leak: Leak): Promise<void> {
    const { secrets } = this.#parts;
    for (const secret of new Set(leak.items.map(({ subject }) => subject))) {
      const known = versionsOf(secret, leak.items, secrets.get(secret));
      const versions = known.filter(({ leakedAt }) => leakedAt === null).map((one) => one.number);
      if (versions.length === 0) continue;
      await secrets.change(secret, { event: 'leak', versions, by: ALERT });
    }
    for (const { kind, of, subject, createdAt } of leak.items) {
      const issued = kind === 'issued' ? this.#parts.issued[of ?? ''] : undefined;
      const isOpen = (await issued?.revokedAt(subject, createdAt)) === undefined;
      if (isOpen) await issued?.revoke(subject, ALERT);
    }
  }

  async #estate(): Promise<KnownEstate> {
    const { credentials, owners } = this.#parts;
    return { credentials: await credentials(), owners: await owners() };
  }

  #fingerprintsOf(reported: Reported): readonly string[] {
    if ('fingerprint' in reported) {
      if (/^[0-9a-f]{32}$/.test(reported.fingerprint)) return [reported.fingerprint];
      throw malformed(
        'That is no fingerprint',
        'it is 32 hexadecimal digits, as lists of credentials show it',
      );
    }
    const { value } = reported;
    if (isValue(value)) return fingerprintsOf(this.#parts.fingerprintKey, value);
    throw malformed('There is no value', `give 1 to ${MAX_VALUE} characters`);
  }

  /** What a value opens, and the fingerprint by which it is known here, in whichever form it was reported. */
  async #find(
    reported: Reported,
    fingerprints: readonly string[],
    { credentials, owners }: KnownEstate,
  ): Promise<{ readonly items: readonly LeakItem[]; readonly fingerprint: string }> {
    const { secrets } = this.#parts;
    const opens = (some: readonly string[]) => itemsOf(new Set(some), secrets.list(), credentials);
    const items = opens(fingerprints).map((item) => ({
      ...item,
      owner: item.owner ?? owners.get(item.service ?? '') ?? null,
    }));
    const [first = ''] = fingerprints;
    const fingerprint = fingerprints.find((one) => opens([one]).length > 0) ?? first;
    return { items: [...items, ...(await this.#issuedItems(reported, items))], fingerprint };
  }

  /** Tokens that Reeve verifies itself. */
  async #issuedItems(reported: Reported, found: readonly LeakItem[]): Promise<LeakItem[]> {
    const { secrets, issued } = this.#parts;
    // what is renewed as a secret is revoked once its users have another one
    const isRenewed = found.some(
      ({ kind, subject }) => kind === 'secret' && secrets.get(subject)?.plan,
    );
    if ('fingerprint' in reported || isRenewed) return [];
    const items: LeakItem[] = [];
    for (const [of, tokens] of Object.entries(issued)) {
      const token = await tokens.find(reported.value.trim());
      if (!token) continue;
      const { id, name, service, owner, createdAt } = token;
      items.push({
        ...{ kind: 'issued', subject: id, version: null, createdAt, of, name, service, owner },
        ...{ consumers: service === null ? [] : [service], places: [], done: null },
      });
    }
    return items;
  }

  async #view(leak: Leak): Promise<LeakView> {
    const standings = await Promise.all(leak.items.map((item) => this.#standingOf(item)));
    const isContained = standings.every(({ state }) => state === 'revoked' || state === 'done');
    return { ...leak, standings, isContained };
  }

  async #standingOf(item: LeakItem): Promise<LeakStanding> {
    if (item.kind === 'secret') return standingOf(item, this.#parts.secrets.get(item.subject));
    const nothing = { problem: null, hint: null };
    if (item.done) return { state: 'done', at: item.done.at, ...nothing };
    if (item.kind === 'found') {
      return byHand(
        'Reeve does not keep it, and cannot revoke it',
        'revoke it where it was issued, then say so with `reeve secret leak-done`',
      );
    }
    const at = await this.#parts.issued[item.of ?? '']?.revokedAt(item.subject, item.createdAt);
    return at === undefined
      ? { state: 'working', at: null, ...nothing }
      : { state: 'revoked', at, ...nothing };
  }
}

const isValue = (text: string): boolean => text.trim() !== '' && text.length <= MAX_VALUE;

/** People paste what they have at hand, and addresses of pages may hold what was found there. */
function withoutValue<Text extends string | null>(text: Text, reported: Reported): Text | string {
  if (text === null) return text;
  return withoutSecrets('value' in reported ? text.replaceAll(reported.value.trim(), '…') : text);
}

const malformed = (message: string, hint: string): Fault =>
  new Fault('secrets/leak-malformed', message, { hint });

/** The first is kept, and the latest. */
function withReport(before: readonly LeakReport[], report: LeakReport): LeakReport[] {
  const [first, ...rest] = [...before, report];
  return first ? [first, ...rest.slice(1 - MAX_REPORTS)] : [report];
}

/** The versions of a secret that a value opened, as far as they are there. */
function versionsOf(
  id: string,
  items: readonly LeakItem[],
  secret: SecretMetadata | undefined,
): SecretMetadata['versions'] {
  const own = items.filter(({ kind, subject }) => kind === 'secret' && subject === id);
  return (secret?.versions ?? []).filter(({ number, createdAt }) =>
    own.some((item) => item.version === number && isOfItem(item, createdAt)),
  );
}
