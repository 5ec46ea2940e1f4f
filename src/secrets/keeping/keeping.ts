import { type AuditAction, auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { AuditEntry, DocumentStore, NewAuditEntry } from '../../estate/index.ts';
import type { RotationPlan, Secret, SecretValue } from '../model/index.ts';
import {
  type Asking,
  type Changed,
  type Place,
  type RotatedSecrets,
  type RotationPolicy,
  type SecretEvent,
  step,
  type ValueBox,
  type Waiting,
} from '../rotation/index.ts';
import { KnownSecrets, type SecretListener } from './known-secrets.ts';
import { type SecretMetadata, toMetadata } from './metadata.ts';
import { type GivenSecret, newSecret } from './new-secret.ts';
import { checkOverlap } from './plan.ts';
import { type Label, type SecretReading, versionToRead } from './reading.ts';
import { type Change, SecretDocuments, type Written } from './secret-documents.ts';

/** What secrets are kept with. */
export interface KeepingParts {
  readonly store: DocumentStore;
  readonly values: ValueBox;
  readonly policy: RotationPolicy;
  /** Keyed: one of each member of a value. */
  readonly fingerprintsOf: (value: SecretValue) => readonly string[];
  readonly clock: Clock;
  /** 0 up to, but not including, 1. */
  readonly lot: () => number;
  /** Told of the latest entry before anything is done at a target for it; returns when that is remembered. */
  readonly mark?: { advance(entry: AuditEntry): void };
  readonly warn: (message: string, fault: unknown) => void;
  /** Told of each value that somebody gets. */
  readonly onRead?: (id: string, by: Asking) => void;
}

/** Keeps secrets: the only place that writes them. Each change is one transaction with what the audit log says of it.
 *  Values are in memory for no longer than a call; what stays there is metadata. Several processes may keep one store:
 *  what is read and changed is always the store's.
 *  @throws {Fault} from every method: `estate/unavailable`; from those that name a secret: `secrets/secret-not-found` */
export class SecretKeeping implements RotatedSecrets {
  readonly #parts: KeepingParts;
  readonly #documents: SecretDocuments;
  readonly #known: KnownSecrets;

  private constructor(parts: KeepingParts) {
    this.#parts = parts;
    this.#documents = new SecretDocuments(parts.store);
    this.#known = new KnownSecrets(parts.warn);
  }

  static async open(parts: KeepingParts): Promise<SecretKeeping> {
    const keeping = new SecretKeeping(parts);
    await keeping.reload();
    return keeping;
  }

  /** Reads all of them again: what other processes have made and removed is known then. One that cannot be read is left
   *  out, and warned of. */
  async reload(): Promise<void> {
    const gone = new Set(this.#known.all().keys());
    for (const { id, parse } of await this.#documents.all()) {
      gone.delete(id);
      try {
        this.#known.see(parse());
      } catch (fault) {
        this.#parts.warn('A secret is left out', fault);
      }
    }
    for (const id of gone) this.#known.forget(id);
  }

  /** As this process knows them. */
  list(): MapIterator<SecretMetadata> {
    return this.#known.all().values();
  }

  get(id: string): SecretMetadata | undefined {
    return this.#known.all().get(id);
  }

  waiting(): Iterable<readonly [string, Waiting]> {
    return this.#known.all();
  }

  onChange(listener: SecretListener): () => void {
    return this.#known.onChange(listener);
  }

  async read(id: string): Promise<Secret | undefined> {
    const stored = await this.#documents.find(id);
    if (stored === undefined) this.#known.forget(id);
    else this.#known.see(stored);
    return stored?.secret;
  }

  underWay(): Promise<readonly string[]> {
    return this.#documents.underWay();
  }

  /** @param plan by which it is renewed; null: nothing renews it
   *  @throws {Fault} `secrets/secret-conflict` where there is one of that name, `secrets/secret-invalid`,
   *  `secrets/plan-invalid` */
  async create(
    given: GivenSecret,
    by: Asking,
    plan: RotationPlan | null = null,
  ): Promise<SecretMetadata> {
    const { clock, lot, policy, values, fingerprintsOf } = this.#parts;
    if (plan) checkOverlap(plan);
    const now = clock();
    const secret = newSecret(given, by, now, (value, place) => ({
      envelope: values.encrypt(place, value),
      fingerprints: [...fingerprintsOf(value)],
    }));
    const { kind, service, owner, consumers } = secret;
    const said = { kind, service, owner: owner ?? undefined, consumers };
    const entry = this.#entryOf('secret.create', secret.id, said, by);
    const made: Change = plan
      ? step(secret, { event: 'plan', plan, by }, { wall: now, lot: lot() }, policy)
      : { secret, entries: [] };
    const entries = [entry, ...made.entries];
    return this.#see(await this.#documents.make({ secret: made.secret, entries }));
  }

  /** A person gives another value, which its target takes already.
   *  @throws {Fault} `secrets/rotation-conflict` while it is being rotated */
  async put(id: string, value: SecretValue, by: Asking, expiresAt: string | null = null) {
    const { values, fingerprintsOf } = this.#parts;
    const { secret } = await this.#documents.get(id);
    const number = (secret.versions.at(-1)?.number ?? 0) + 1;
    const sealed = {
      number,
      envelope: values.encrypt({ secret: id, version: number }, value),
      fingerprints: fingerprintsOf(value),
      expiresAt,
    };
    return this.change(id, { event: 'put', value: sealed, by });
  }

  /** Says anew how it is renewed; null: it is not.
   *  @throws {Fault} `secrets/plan-invalid`, `secrets/rotation-conflict` */
  plan(id: string, plan: RotationPlan | null, by: Asking): Promise<Changed> {
    if (plan) checkOverlap(plan);
    return this.change(id, { event: 'plan', plan, by });
  }

  /** Who answers for it, and who else may read it. */
  async edit(
    id: string,
    said: { readonly owner?: string | null; readonly consumers?: readonly string[] },
    by: Asking,
  ): Promise<SecretMetadata> {
    return this.#amend(id, (secret) => {
      const { owner = secret.owner, consumers = secret.consumers } = said;
      const after = { ...secret, owner, consumers: [...new Set(consumers)] };
      const told = { owner: owner ?? 'none', consumers: after.consumers };
      return { secret: after, entries: [this.#entryOf('secret.update', id, told, by)] };
    });
  }

  /** Envelopes of all values, as they stand in the store.
   *  @throws {Fault} `secrets/secret-damaged` where one of the secrets cannot be read */
  async envelopes(): Promise<string[]> {
    return (await this.#documents.all()).flatMap(({ parse }) =>
      parse().secret.versions.flatMap(({ envelope }) => envelope ?? []),
    );
  }

  /** Has each of its envelopes made anew, as after the vault's root key was replaced. The values stay as they are. */
  rewrap(
    id: string,
    again: (place: Place, envelope: string) => string,
    by: Asking,
  ): Promise<SecretMetadata> {
    return this.#amend(id, (secret) => {
      const numbers: number[] = [];
      const versions = secret.versions.map((version) => {
        const { number, envelope } = version;
        if (envelope === null) return version;
        const next = again({ secret: id, version: number }, envelope);
        if (next !== envelope) numbers.push(number);
        return { ...version, envelope: next };
      });
      if (numbers.length === 0) return { secret, entries: [] };
      const entry = this.#entryOf('secret.rewrap', id, { versions: numbers }, by);
      return { secret: { ...secret, versions }, entries: [entry] };
    });
  }

  /** Removes a secret that nothing is under way for, with all its values.
   *  @throws {Fault} `secrets/rotation-conflict` */
  async remove(id: string, by: Asking): Promise<void> {
    const stored = await this.#documents.get(id);
    const { run, versions, service } = stored.secret;
    if (run !== null || versions.some(({ revocation }) => revocation !== null)) {
      throw new Fault(
        'secrets/rotation-conflict',
        `Something is under way for the secret ${quote(id, 120)}`,
        { hint: 'cancel its rotation, and revoke what is to be revoked, or it would be forgotten' },
      );
    }
    const entry = this.#entryOf('secret.remove', id, { service }, by);
    await this.#documents.remove(stored, entry);
    this.#known.forget(id);
  }

  /** Takes an event of its rotation, or of its versions, and makes what it changes durable.
   *  @throws {Fault} those of `step`; `estate/document-conflict` where others keep changing it */
  async change(id: string, event: SecretEvent): Promise<Changed> {
    const { clock, lot, policy, mark } = this.#parts;
    let effects: Changed['effects'] = [];
    const written = await this.#documents.change(id, (before) => {
      const next = step(before, event, { wall: clock(), lot: lot() }, policy);
      effects = next.effects;
      return next;
    });
    const last = written.appended.at(-1);
    if (last) mark?.advance(last);
    this.#known.see(written);
    return { secret: written.secret, effects };
  }

  /** The value of a label, or of a version by its number. That it was read stands in the audit log before it is given.
   *  @throws {Fault} `secrets/version-not-found`, `secrets/version-forbidden` where it is revoked or destroyed; those of
   *  the vault
   *  @param judge throws where the secret, as it stands in the store, is not for who asks */
  async value(
    id: string,
    label: Label | number,
    by: Asking,
    judge?: (secret: Secret) => void,
  ): Promise<SecretReading> {
    const { secret } = await this.#documents.getAgain(id);
    judge?.(secret);
    const version = versionToRead(secret, label);
    const { number, envelope, expiresAt } = version;
    const value = this.#parts.values.decrypt({ secret: id, version: number }, envelope);
    const said = { version: number, label: typeof label === 'number' ? undefined : label };
    await this.#documents.tell(this.#entryOf('secret.read', id, said, by));
    this.#parts.onRead?.(id, by);
    return { value, version: number, expiresAt };
  }

  /** Somebody who asked for a value did not get it; `count` times, where that is told as a sum. */
  async deny(
    id: string,
    label: string | number,
    why: string,
    by: Asking,
    count = 1,
  ): Promise<void> {
    const said = { label: String(label), why, count: count > 1 ? count : undefined };
    await this.#documents.tell(this.#entryOf('secret.deny', id, said, by));
  }

  /** Its current value, for a rotator; undefined: there is none. */
  async currentOf(id: string): Promise<SecretValue | undefined> {
    const stored = await this.#documents.find(id);
    const current = stored?.secret.versions.find(
      ({ number }) => number === stored.secret.labels.current,
    );
    if (!current || current.envelope === null) return undefined;
    return this.#parts.values.decrypt({ secret: id, version: current.number }, current.envelope);
  }

  async #amend(id: string, work: (before: Secret) => Change): Promise<SecretMetadata> {
    return this.#see(await this.#documents.change(id, work));
  }

  #see(written: Written): SecretMetadata {
    this.#known.see(written);
    return toMetadata(written.secret);
  }

  #entryOf(
    action: AuditAction,
    id: string,
    said: Readonly<Record<string, unknown>>,
    { actor, reason }: Asking,
  ): NewAuditEntry {
    return auditEntryOf(action, id, said, { actor, reason, now: this.#parts.clock() });
  }
}
