import { auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import { toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import {
  anew,
  type CredentialConcern,
  type DocumentStore,
  type NewAuditEntry,
} from '../../estate/index.ts';
import type { SecretMetadata } from '../keeping/index.ts';
import type { Secret } from '../model/index.ts';
import type { Asking, Look } from '../rotation/index.ts';
import type { DriftConfig } from './config.ts';
import { accepted, concernsIn, grantsIn, Inspection, inspected } from './inspection.ts';

/** What targets are watched with. */
export interface DriftParts {
  readonly store: DocumentStore;
  readonly secrets: {
    list(): Iterable<SecretMetadata>;
    read(id: string): Promise<Secret | undefined>;
  };
  /** Asks a target, and changes nothing there; rejects where it does not answer. */
  readonly look: (secret: Secret, signal: AbortSignal) => Promise<Look>;
  /** Targets are left alone for now, as while the vault is sealed. */
  readonly isPaused?: () => boolean;
  readonly config: DriftConfig;
  readonly clock: Clock;
  readonly warn: (message: string, fault: unknown) => void;
  /** What is known of a secret's target has become another. */
  readonly onChange?: () => void;
}

const KIND = 'secret-inspection';
/** How often it is looked which targets are due. */
const ROUND_MS = 30_000;
/** A value that is refused is tried again soon, for a rotation may have been under way. */
const AGAIN_MS = 60_000;

interface Known {
  readonly version: number;
  readonly inspection: Inspection;
}

/** Asks the targets of secrets from time to time what they hold, and tells what others have changed there. Several
 *  processes may do so: what one of them has seen, the others know after a restart. */
export class DriftWatch {
  readonly #parts: DriftParts;
  readonly #known = new Map<string, Known>();
  /** When one was tried last, whatever came of it. */
  readonly #triedAt = new Map<string, number>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(parts: DriftParts) {
    this.#parts = parts;
  }

  /** Reads what is known, and begins to look.
   *  @throws {Fault} `estate/unavailable` */
  async start(): Promise<void> {
    for (const { id, version, body } of await this.#parts.store.documents(KIND)) {
      const read = Inspection.safeParse(body);
      if (read.success) this.#known.set(id, { version, inspection: read.data });
    }
    this.#wait();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** What the account of a secret may do, as its target said last; undefined: it is not known. */
  grantsOf(id: string): readonly string[] | undefined {
    const known = this.#known.get(id);
    return known && grantsIn(known.inspection);
  }

  /** What a person should know of its target. */
  concernsOf(id: string): readonly CredentialConcern[] {
    const known = this.#known.get(id);
    return known ? concernsIn(known.inspection) : [];
  }

  /** A person says that what the account may do is as it should be.
   *  @throws {Fault} `secrets/grants-not-found`, `estate/unavailable`, `estate/document-conflict` */
  async accept(id: string, { actor, reason }: Asking): Promise<void> {
    const now = this.#parts.clock();
    await this.#change(id, (before) => {
      if (before === undefined || grantsIn(before) === undefined) {
        const why = `Nothing is known of what the account of ${quote(id, 120)} may do`;
        throw new Fault('secrets/grants-not-found', why, {
          hint: 'wait until its target has answered',
        });
      }
      const grants = before.grown.map(({ grant }) => grant);
      const entry = auditEntryOf('secret.accept', id, { grants }, { actor, reason, now });
      return { inspection: accepted(before), entries: [entry] };
    });
    this.#parts.onChange?.();
  }

  /** Looks at all that are due. Never rejects. */
  async look(): Promise<void> {
    const { secrets, config, clock, isPaused } = this.#parts;
    if (isPaused?.()) return;
    const all = [...secrets.list()];
    await this.#forget(new Set(all.map(({ id }) => id)));
    const due = all.filter((secret) => isWatched(secret) && this.#isDue(secret.id, clock()));
    const next = due[Symbol.iterator]();
    const work = async () => {
      for (const { id } of next) if (!this.#stop.signal.aborted) await this.#lookAt(id);
    };
    await Promise.all(Array.from({ length: config.atOnce }, work));
  }

  #wait(): void {
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#round = this.look().then(() => this.#wait());
    }, ROUND_MS).unref();
  }

  #isDue(id: string, now: number): boolean {
    const inspection = this.#known.get(id)?.inspection;
    const every = this.#parts.config.everySeconds * 1_000;
    const tried = this.#triedAt.get(id);
    if (tried === undefined && inspection === undefined) return true;
    const since = now - Math.max(tried ?? 0, inspection ? Date.parse(inspection.at) : 0);
    // one in a time to come was by a clock that was set back since
    return since < 0 || since >= (inspection?.refusals === 1 ? Math.min(AGAIN_MS, every) : every);
  }

  async #lookAt(id: string): Promise<void> {
    const { secrets, look, clock, warn, onChange } = this.#parts;
    try {
      this.#triedAt.set(id, clock());
      const secret = await secrets.read(id);
      if (!secret || !isWatched(secret)) return;
      const seen = await look(secret, this.#stop.signal);
      const after = await secrets.read(id);
      // a value that was replaced meanwhile was looked at in vain
      if (!after || !isWatched(after) || after.labels.current !== secret.labels.current) return;
      const now = toTimestamp(clock());
      const told = JSON.stringify([this.concernsOf(id), this.grantsOf(id)]);
      await this.#change(id, (before) => ({
        inspection: inspected(before, seen, now),
        entries: [],
      }));
      if (told !== JSON.stringify([this.concernsOf(id), this.grantsOf(id)])) onChange?.();
    } catch (thrown) {
      if (!this.#stop.signal.aborted) warn(`The target of ${id} could not be looked at`, thrown);
    }
  }

  /** What is kept of secrets that are gone. One that is not listed because it cannot be read, or another process has made
   *  it, is not: what its account may do by then would pass for what it is to have. */
  async #forget(there: ReadonlySet<string>): Promise<void> {
    for (const id of this.#triedAt.keys()) if (!there.has(id)) this.#triedAt.delete(id);
    for (const [id, { version }] of this.#known) {
      if (there.has(id) || !(await this.#isGone(id))) continue;
      this.#known.delete(id);
      const gone = { kind: KIND, id, version, body: undefined };
      // another process has removed it, or will
      await this.#parts.store.amend([gone], []).catch(() => undefined);
    }
  }

  async #isGone(id: string): Promise<boolean> {
    try {
      return (await this.#parts.secrets.read(id)) === undefined;
    } catch {
      return false;
    }
  }

  #change(id: string, work: (before: Inspection | undefined) => Made): Promise<void> {
    return anew(async () => {
      const { version, inspection } = await this.#read(id);
      const made = work(inspection);
      const change = { kind: KIND, id, version, body: made.inspection };
      await this.#parts.store.amend([change], made.entries);
      this.#known.set(id, { version: version + 1, inspection: made.inspection });
    });
  }

  /** One that cannot be read is made anew. */
  async #read(id: string): Promise<{ version: number; inspection: Inspection | undefined }> {
    const document = await this.#parts.store.document(KIND, id);
    const read = Inspection.safeParse(document?.body);
    return { version: document?.version ?? 0, inspection: read.success ? read.data : undefined };
  }
}

interface Made {
  readonly inspection: Inspection;
  readonly entries: readonly NewAuditEntry[];
}

/** Its target is left alone by rotations. */
const isWatched = ({
  plan,
  labels,
  run,
}: Pick<SecretMetadata, 'labels' | 'run'> & { readonly plan: unknown }): boolean =>
  plan !== null && labels.current !== undefined && run === null;
