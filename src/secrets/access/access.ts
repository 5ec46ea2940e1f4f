import { Fault, quote } from '../../base/fault.ts';
import type { Label, SecretMetadata, SecretReading } from '../keeping/index.ts';
import type { Secret } from '../model/index.ts';
import type { Asking } from '../rotation/index.ts';
import type { Denials } from './denials.ts';
import { type MayRead, mayRead } from './may-read.ts';
import { serviceIdOf } from './reference.ts';
import { type PreviousVersion, previousOf, type SecretStanding, standingOf } from './standing.ts';

/** A workload that has proved who it is. */
export interface Workload {
  readonly spiffeId: string;
  /** Ids of the services that it is: mostly one. */
  readonly services: readonly string[];
}

/** What a workload asks for. */
export interface WantedSecret {
  readonly name: string;
  /** Whose it is, as `DeclaredSecret` has it; absent: the workload's own. */
  readonly service?: string | undefined;
}

/** A value with all that its reader should know of it. */
export interface GivenValue extends SecretReading {
  /** Its id. */
  readonly secret: string;
  /** What may still be in use beside the current value; null: nothing. */
  readonly previous: PreviousVersion | null;
}

/** The secrets that are kept. */
export interface ReadableSecrets {
  get(id: string): SecretMetadata | undefined;
  /** @param judge throws where the secret, as it stands in the store, is not for this reader */
  value(
    id: string,
    label: Label | number,
    by: Asking,
    judge: (secret: Secret) => void,
  ): Promise<SecretReading>;
}

export interface AccessParts {
  readonly secrets: ReadableSecrets;
  /** Ids of the secrets that a service declares; undefined: the estate does not know it. */
  readonly declaredBy: (service: string) => ReadonlySet<string> | undefined;
  readonly denials: Pick<Denials, 'hear'>;
}

/** What one service of a workload would read. */
export interface Candidate {
  readonly caller: string;
  readonly service: string;
  readonly name: string;
  readonly id: string;
}

/** Who may read what, and the reading itself: each value stands in the audit log before it is given, and each refusal
 *  afterwards. */
export class SecretAccess {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /** @throws {Fault} `secrets/read-forbidden/…` with the reason; `secrets/read-conflict` where a workload that is several
   *  services has to say which is meant; those of `SecretKeeping.value` */
  read(workload: Workload, wanted: WantedSecret, label: Label | number): Promise<GivenValue> {
    return this.#telling(workload, wanted, String(label), async () => {
      const found = this.#find(workload, wanted);
      const { id } = found;
      let previous: PreviousVersion | null = null;
      const judge = (secret: Secret): void => {
        this.#refuse(found, secret.consumers);
        previous = previousOf(secret);
      };
      try {
        const by = { actor: workload.spiffeId, reason: '' };
        const reading = await this.#parts.secrets.value(id, label, by, judge);
        return { ...reading, secret: id, previous };
      } catch (thrown) {
        throw isCode(thrown, 'secrets/secret-not-found') ? this.#missing(found) : thrown;
      }
    });
  }

  /** What may be known of a secret without its value, as far as this process knows.
   *  @throws {Fault} `secrets/read-forbidden/…`, `secrets/read-conflict`, `secrets/secret-not-found` */
  standing(workload: Workload, wanted: WantedSecret): Promise<SecretStanding> {
    return this.#telling(workload, wanted, 'watch', async () => {
      const found = this.#find(workload, wanted);
      const secret = this.#parts.secrets.get(found.id);
      if (secret === undefined) throw this.#missing(found);
      return standingOf(secret);
    });
  }

  /** As which of its services a workload asks for something that goes by a declared name, and the id of that.
   *  @throws {Fault} `secrets/read-forbidden/…`, `secrets/read-conflict` */
  find(workload: Workload, wanted: WantedSecret, label: string): Promise<Candidate> {
    return this.#telling(workload, wanted, label, async () => this.#find(workload, wanted));
  }

  /** Ids of all the secrets that a name may mean to a workload. */
  idsOf({ services }: Workload, wanted: WantedSecret): string[] {
    return services.flatMap((caller) => candidatesOf(caller, wanted)).map(({ id }) => id);
  }

  /** Refusals are told of. */
  async #telling<Result>(
    { spiffeId, services }: Workload,
    wanted: WantedSecret,
    label: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      if (isForbidden(thrown)) {
        const [caller = 'unknown'] = services;
        const [{ id } = { id: `unknown/${wanted.name}` }] = candidatesOf(caller, wanted);
        this.#parts.denials.hear({ actor: spiffeId, secret: id, label, why: thrown.message });
      }
      throw thrown;
    }
  }

  /** What a name means to a workload: that which it may read, and else that which it is told it may not. */
  #find({ spiffeId, services }: Workload, wanted: WantedSecret): Candidate {
    const candidates = services.flatMap((caller) => candidatesOf(caller, wanted));
    const judged = candidates.map((one) => ({ one, answer: this.#judge(one) }));
    const allowed = judged.filter(({ answer }) => answer.outcome === 'allowed');
    const there = allowed.filter(({ one }) => this.#parts.secrets.get(one.id) !== undefined);
    const found = there.length > 0 ? there : allowed;
    const [first] = found;
    if (found.some(({ one }) => one.id !== first?.one.id)) throw ambiguous(wanted, found);
    if (first) return first.one;
    const [denied] = judged;
    if (denied) refuse(denied.answer);
    throw new Fault(
      'secrets/read-forbidden/unknown',
      services.length === 0
        ? `The identity ${quote(spiffeId, 200)} is that of no service of the estate`
        : `${quote(wanted.service, 200)} names no service`,
      { hint: 'register it for its service, or name the service as `payments` or `shop/payments`' },
    );
  }

  /** By what this process knows; `read` judges again by what the store has. A secret that another process has made only
   *  now is left to that, too. */
  #judge({ caller, service, name, id }: Candidate): MayRead {
    const declared = this.#parts.declaredBy(caller);
    const consumers = this.#parts.secrets.get(id)?.consumers ?? [caller];
    return mayRead({ caller, service, name, declared, consumers });
  }

  /** Of the secrets of others, only their consumers learn whether they are there. */
  #missing(found: Candidate): Fault {
    const { caller, service, id } = found;
    if (service !== caller) this.#refuse(found, []);
    return new Fault('secrets/secret-not-found', `There is no secret ${quote(id, 200)}`, {
      hint: 'it is declared, and has to be made: `reeve secret create`',
    });
  }

  /** @throws {Fault} `secrets/read-forbidden/…` where it is denied */
  #refuse({ caller, service, name }: Candidate, consumers: readonly string[]): void {
    const declared = this.#parts.declaredBy(caller);
    refuse(mayRead({ caller, service, name, declared, consumers }));
  }
}

function candidatesOf(caller: string, { name, service }: WantedSecret): Candidate[] {
  const owner = service === undefined ? caller : serviceIdOf(service, caller);
  return owner === undefined ? [] : [{ caller, service: owner, name, id: `${owner}/${name}` }];
}

/** @throws {Fault} `secrets/read-forbidden/…` where it is denied */
function refuse(answer: MayRead): void {
  if (answer.outcome === 'allowed') return;
  const { reason, why, hint } = answer;
  throw new Fault(`secrets/read-forbidden/${reason}`, why, { hint });
}

const ambiguous = ({ name }: WantedSecret, found: readonly { readonly one: Candidate }[]) =>
  new Fault(
    'secrets/read-conflict',
    `This workload is several services that have a secret ${quote(name)}`,
    {
      hint: `name the service: ${[...new Set(found.map(({ one }) => one.service))].join(' or ')}`,
    },
  );

const isCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Fault && thrown.code === code;
const isForbidden = (thrown: unknown): thrown is Fault =>
  thrown instanceof Fault && thrown.code.startsWith('secrets/read-forbidden/');
