import { compareText } from '../../base/diagnostic.ts';
import { Fault, quote } from '../../base/fault.ts';
import { addTo } from '../../base/group-by.ts';
import { type PolicyCase, toOperation } from '../../estate/index.ts';
import type { Policy, PolicyService, Question } from '../model/index.ts';
import { samplePath, sampleRequest } from '../operations/index.ts';

/** A call as people write it. */
export type AskedCall = Pick<PolicyCase, 'from' | 'to' | 'operation' | 'proof'>;

export const NOBODY = 'nobody';

/** Makes questions of calls that people write, by the names of a policy's services. */
export class Asking {
  readonly #byName = new Map<string, PolicyService[]>();
  readonly #byIdentity = new Map<string, PolicyService[]>();

  constructor(services: Policy['services']) {
    for (const service of services) {
      const { environment, namespace, name, identities } = service;
      for (const key of [name, `${namespace}/${name}`, `${environment}/${namespace}/${name}`]) {
        addTo(this.#byName, key, service);
      }
      for (const identity of new Set(identities)) addTo(this.#byIdentity, identity, service);
    }
  }

  /** @throws {Fault} `authorization/service-not-found`, `authorization/service-ambiguous`,
   *  `authorization/identity-not-found` */
  question({ from, to, operation, proof }: AskedCall): Question {
    const caller = this.#callerOf(from);
    const callee = this.service(to);
    return {
      caller,
      proof: caller === undefined ? undefined : proof,
      service: callee.id,
      ...toRequest(operation),
    };
  }

  /** As `service`; undefined where it throws. */
  find(name: string): PolicyService | undefined {
    const [found, ...others] = this.#byName.get(name) ?? [];
    return others.length === 0 ? found : undefined;
  }

  /** Who may be meant as a caller: the one service that is named so, or all that have the SPIFFE ID. */
  callers(from: string): readonly PolicyService[] {
    if (isIdentity(from)) return this.#byIdentity.get(from) ?? [];
    const service = this.find(from);
    return service ? [service] : [];
  }

  /** The one service that is named so.
   *  @throws {Fault} `authorization/service-not-found`, `authorization/service-ambiguous` */
  service(name: string): PolicyService {
    const [found, ...others] = this.#byName.get(name) ?? [];
    if (found === undefined) {
      const near = this.#near(name);
      throw new Fault(
        'authorization/service-not-found',
        `there is no service ${quote(name, 200)}`,
        {
          ...(near !== undefined && { hint: `did you mean ${quote(near, 200)}?` }),
        },
      );
    }
    if (others.length === 0) return found;
    const ids = [found, ...others].map(({ id }) => id).sort(compareText);
    throw new Fault(
      'authorization/service-ambiguous',
      `several services are named ${quote(name, 200)}`,
      { hint: `write one of ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''}` },
    );
  }

  #callerOf(from: string): string | undefined {
    if (from === NOBODY) return undefined;
    if (isIdentity(from)) return from;
    const service = this.service(from);
    const [identity] = service.identities;
    if (identity !== undefined) return identity;
    throw new Fault(
      'authorization/identity-not-found',
      `${service.name} has no identity, so it cannot prove to be itself`,
      { hint: 'give it a service account of its own, or selectors in its reeve.yaml' },
    );
  }

  /** A name that differs in case, or in the namespace alone. */
  #near(name: string): string | undefined {
    const last = name.split('/').at(-1) ?? name;
    return [...this.#byName.keys()].find(
      (key) => key.toLowerCase() === name.toLowerCase() || key === last,
    );
  }
}

const isIdentity = (from: string): boolean => from.startsWith('spiffe://');

/** A call's operation as a request. */
function toRequest(text: string): Pick<Question, 'protocol' | 'method' | 'path'> {
  const operation = toOperation(text);
  if (operation) return sampleRequest(operation);
  const space = text.indexOf(' ');
  return {
    protocol: 'http',
    method: text.slice(0, space),
    path: samplePath(text.slice(space + 1)),
  };
}
