import { writeOperation } from '../../estate/index.ts';
import type { Usual } from '../baseline/index.ts';
import type { Hop } from '../hop.ts';
import type { TracingNames } from '../names.ts';
import type { EstateView } from '../ports.ts';
import { lookalikeOf } from './lookalike.ts';
import type { Participant, Subject } from './subject.ts';

const MINUTE = 60_000;

/** Makes subjects: asks for all that is known of a hop in which something is unusual. */
export class SubjectMaker {
  readonly #names: TracingNames;
  readonly #estate: EstateView;
  readonly #maxLookalikes: number;
  /** By the caller's number: names are compared once. */
  readonly #lookalikes = new Map<number, string | undefined>();
  #minute = 0;
  #compared = 0;

  constructor(names: TracingNames, estate: EstateView, maxLookalikes: number) {
    this.#names = names;
    this.#estate = estate;
    this.#maxLookalikes = maxLookalikes;
  }

  make(hop: Hop, usual: Usual): Subject {
    const from = this.#participant(hop.caller);
    const to = this.#participant(hop.callee);
    const operation = this.#names.endpointOf(hop.endpoint);
    const endpoint = operation ? this.#estate.endpoint(to.id, operation) : undefined;
    return {
      ...{ hop, usual, from, to, endpoint },
      claimed: hop.claimed === 0 ? undefined : this.#participant(hop.claimed),
      place: usual.addressOwner === 0 ? undefined : this.#participant(usual.addressOwner),
      isPassedOn: this.#isPassedOn(hop),
      principal: this.#names.principals.text(hop.principal),
      address: this.#names.addresses.text(hop.address),
      operation: operation ? writeOperation(operation) : '*',
      policy: hop.caller === 0 ? 'unknown' : this.#estate.policy(from.id, to.id, operation),
      isDeclared: this.#estate.isDeclared ?? false,
      sensitivity: endpoint?.sensitivity.length
        ? endpoint.sensitivity
        : (to.known?.sensitivity ?? []),
      callerChangedMs: this.#changedMs(from, hop.at),
      calleeChangedMs: this.#changedMs(to, hop.at),
      lookalike: this.#lookalike(from, hop.at),
    };
  }

  /** Names of hosts may be others for the same: only a service of the estate is another for sure. */
  #isPassedOn({ intended, callee }: Hop): boolean {
    if (intended === 0 || intended === callee) return false;
    const known = this.#estate.service(this.#names.services.text(intended));
    return known?.isVouchedFor === true && known.kind !== 'external';
  }

  #participant(number: number): Participant {
    if (number === 0) return { number, id: '*', name: 'somebody', known: undefined };
    const id = this.#names.services.text(number);
    return { number, id, name: id.slice(id.lastIndexOf('/') + 1), known: this.#estate.service(id) };
  }

  #changedMs({ id, number }: Participant, at: number): number {
    const changed = number === 0 ? 0 : this.#estate.changedAt(id);
    return changed === 0 ? Infinity : Math.max(0, at - changed);
  }

  /** Comparing costs time in proportion to all names, so that few are compared in a minute. */
  #lookalike({ number, name, known }: Participant, at: number): string | undefined {
    if (number === 0 || known?.isVouchedFor === true) return undefined;
    if (this.#lookalikes.has(number)) return this.#lookalikes.get(number);
    const minute = Math.floor(at / MINUTE);
    if (minute !== this.#minute) [this.#minute, this.#compared] = [minute, 0];
    if (this.#compared++ >= this.#maxLookalikes) return undefined;
    const found = lookalikeOf(name, this.#vouchedFor());
    if (this.#lookalikes.size >= 10_000) this.#lookalikes.clear();
    this.#lookalikes.set(number, found);
    return found;
  }

  *#vouchedFor(): Iterable<string> {
    for (const id of this.#names.services.texts) {
      if (id !== '' && this.#estate.service(id)?.isVouchedFor === true) {
        yield id.slice(id.lastIndexOf('/') + 1);
      }
    }
  }
}
