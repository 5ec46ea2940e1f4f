import { z } from 'zod';
import { auditEntryOf } from '../../audit/index.ts';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import { randomToken } from '../../base/ids.ts';
import { onceAtATime } from '../../base/once.ts';
import type { DocumentStore, StoredDocument } from '../../estate/index.ts';
import { hexDigest } from './digest.ts';
import { ROLE_NAMES } from './roles.ts';

/** What tokens of people begin with: scanners of leaks know them by it. */
export const PERSON_TOKEN = 'rvp_';

/** Somebody, or a script, that asks the API with a token of its own. */
export const Person = z.strictObject({
  /** As the audit log has it. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._@-]{0,99}$/)
    .refine((name) => name !== 'admin', { message: 'is the holder of `admin.token`' }),
  roles: z.array(z.enum(ROLE_NAMES)).min(1).max(ROLE_NAMES.length),
  /** What belongs to others is looked at only; null: nothing is kept back for that. */
  teams: z.array(z.string().min(1).max(200)).min(1).max(100).nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** When the token ends. */
  expiresAt: z.iso.datetime(),
});
export type Person = z.infer<typeof Person>;

/** SHA-256 of the token, in hexadecimal: tokens hold 256 random bits. */
const Kept = Person.extend({ digest: z.string().regex(/^[0-9a-f]{64}$/) });
type Kept = z.infer<typeof Kept>;

/** Who asks for a change, and why. */
export interface By {
  readonly actor: string;
  readonly reason: string;
}

export interface Issued {
  /** Told here, and kept nowhere. */
  readonly token: string;
  readonly person: Person;
}

const KIND = 'person';
const MAX_PEOPLE = 10_000;
/** How long what another server changed may go unseen. */
const FRESH_MS = 2_000;
/** A reading that takes longer keeps nobody from the next. */
const STUCK_MS = 10_000;

/** Those who are let in beside the holder of the administrator's token, kept in the store. Only digests of tokens
 *  are.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class People {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  #byDigest = new Map<string, Kept>();
  #byName = new Map<string, Kept>();
  #readAt = Number.NEGATIVE_INFINITY;
  readonly #readOnce = onceAtATime(() => this.#read(), STUCK_MS);
  /** How many readings have begun, and the last of them that was taken. */
  #begun = 0;
  #latest = 0;

  constructor(store: DocumentStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Whose token this is; undefined: nobody's, or it has ended. */
  async ofToken(token: string): Promise<Person | undefined> {
    return token.startsWith(PERSON_TOKEN) ? this.ofDigest(hexDigest(token)) : undefined;
  }

  /** The same, of whose token it is the digest: for what hangs on that token, and ends with it.
   *  @param digest SHA-256, in hexadecimal */
  async ofDigest(digest: string): Promise<Person | undefined> {
    await this.#freshen();
    return this.#living(this.#byDigest.get(digest));
  }

  /** As long as the token of that name has not ended, or been taken away. */
  async named(name: string): Promise<Person | undefined> {
    await this.#freshen();
    return this.#living(this.#byName.get(name));
  }

  /** By name, those whose token has ended too. */
  async list(): Promise<readonly Person[]> {
    await this.#read();
    return [...this.#byName.values()].map(toPerson).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws {Fault} `people/person-conflict` where there is one of that name, `people/people-too-many` */
  async add(
    given: Pick<Person, 'name' | 'roles' | 'teams'>,
    days: number,
    by: By,
  ): Promise<Issued> {
    await this.#read();
    if (this.#byName.size >= MAX_PEOPLE) {
      throw new Fault('people/people-too-many', `There are ${MAX_PEOPLE} already`, {
        hint: 'remove those who are gone',
      });
    }
    if (this.#byName.has(given.name)) {
      throw new Fault('people/person-conflict', `${quote(given.name)} has a token already`, {
        hint: 'give it another token, or remove it first',
      });
    }
    const now = toTimestamp(this.#clock());
    const person = { ...given, createdAt: now, createdBy: by.actor, expiresAt: this.#in(days) };
    return this.#issue(person, 0, 'person.add', by);
  }

  /** Another token in place of the one before, which ends at once.
   *  @throws {Fault} `people/person-not-found` */
  async renew(name: string, days: number, by: By): Promise<Issued> {
    const { version, body } = await this.#stored(name);
    const person = { ...toPerson(Kept.parse(body)), expiresAt: this.#in(days) };
    return this.#issue(person, version, 'person.renew', by);
  }

  /** @throws {Fault} `people/person-not-found` */
  async remove(name: string, by: By): Promise<void> {
    const { version } = await this.#stored(name);
    const entry = auditEntryOf('person.remove', name, {}, { ...by, now: this.#clock() });
    await this.#store.amend([{ kind: KIND, id: name, version, body: undefined }], [entry]);
    await this.#read();
  }

  async #issue(
    person: Person,
    version: number,
    action: 'person.add' | 'person.renew',
    by: By,
  ): Promise<Issued> {
    const token = PERSON_TOKEN + randomToken();
    const { name, roles, teams, expiresAt } = person;
    const said = { roles, teams: teams ?? undefined, expiresAt };
    const entry = auditEntryOf(action, name, said, { ...by, now: this.#clock() });
    const body = { ...person, digest: hexDigest(token) };
    await this.#store.amend([{ kind: KIND, id: name, version, body }], [entry]);
    await this.#read();
    return { token, person };
  }

  async #stored(name: string): Promise<StoredDocument> {
    const stored = await this.#store.document(KIND, name);
    if (stored) return stored;
    throw new Fault('people/person-not-found', `There is no ${quote(name)}`, {
      hint: '`reeve people list` has all of them',
    });
  }

  #in(days: number): string {
    return toTimestamp(this.#clock() + days * 86_400_000);
  }

  #living(kept: Kept | undefined): Person | undefined {
    return kept && this.#clock() < Date.parse(kept.expiresAt) ? toPerson(kept) : undefined;
  }

  async #freshen(): Promise<void> {
    if (Math.abs(this.#clock() - this.#readAt) >= FRESH_MS) await this.#readOnce();
  }

  async #read(): Promise<void> {
    const [at, reading] = [this.#clock(), ++this.#begun];
    const documents = await this.#store.documents(KIND);
    // what was changed since has been read already
    if (reading < this.#latest) return;
    this.#latest = reading;
    // one that cannot be read lets nobody in, and keeps nobody out
    const all = documents.flatMap(({ body }) => Kept.safeParse(body).data ?? []);
    this.#byDigest = new Map(all.map((kept) => [kept.digest, kept]));
    this.#byName = new Map(all.map((kept) => [kept.name, kept]));
    this.#readAt = at;
  }
}

const toPerson = ({ digest: _, ...person }: Kept): Person => person;
