import type { Party, Sighting } from '../../estate/index.ts';
import { toParty } from '../../estate/sighting/index.ts';
import { Parties, parseHost } from '../requests/index.ts';
import { type Reached, reachedBy } from './clusters.ts';
import { addressOf, type EnvoyNode, NO_NODE, partyOf } from './node.ts';

/** Clusters, hosts and callers of which each stream keeps one object. */
const MAX_PARTIES = 2_000;

/** What was asked, and who asked. */
export interface Exchange {
  readonly service: Party;
  readonly caller?: Party;
  readonly isCallerProved?: boolean;
  /** The gateway or sidecar that passed the call on for a caller of its own. */
  readonly via?: Party;
}

export interface Asking {
  readonly upstreamCluster: string;
  readonly authority: string;
  /** SPIFFE ID in the certificate that the client showed. */
  readonly peer: string | undefined;
  /** SPIFFE ID that a header names. */
  readonly assertedPeer: string | undefined;
}

/** Tells of each request of one Envoy who was asked and who asked.
 *
 *  Who was asked is told by the cluster (`CLUSTER_RULES`). Who asked, by the first of these that is there:
 *  1. the SPIFFE ID in the client's certificate, which the Envoy has verified: it is proved;
 *  2. where the Envoy passes calls on to other services, the Envoy's own service: by its own word;
 *  3. the SPIFFE ID in `x-forwarded-client-cert`, which any client can write: asserted. */
export class Parts {
  readonly #parties = new Parties(MAX_PARTIES);
  #node = NO_NODE;
  #self: Party | undefined;
  #selfAddress: string | undefined;

  setNode(node: EnvoyNode): void {
    this.#node = node;
    this.#self = partyOf(node);
    this.#selfAddress = addressOf(node);
  }

  /** Where a service runs that was asked: the one beside the Envoy by the Envoy's own address.
   *  @param local address that the request came to
   *  @param upstream address of what answered */
  instanceOf({ service }: Exchange, local: string, upstream: string): string | undefined {
    const address = this.#self?.key === service.key ? (this.#selfAddress ?? local) : upstream;
    return address === '' ? undefined : address;
  }

  exchangeOf(asking: Asking): Exchange | 'reached no service' | 'names no service' {
    const reached = reachedBy(asking.upstreamCluster);
    if (reached.to === 'nobody') return 'reached no service';
    const service = this.#asked(reached, asking.authority);
    if (service === undefined) return 'names no service';
    const passedOn =
      reached.to === 'self' || this.#self?.key === service.key ? undefined : this.#self;
    const { peer, assertedPeer } = asking;
    if (isSpiffeId(peer)) {
      const caller = this.#identity(peer);
      return { service, caller, isCallerProved: true, ...(passedOn && { via: passedOn }) };
    }
    if (passedOn) return { service, caller: passedOn };
    return isSpiffeId(assertedPeer)
      ? { service, caller: this.#identity(assertedPeer) }
      : { service };
  }

  #asked(reached: Reached, authority: string): Party | undefined {
    switch (reached.to) {
      case 'nobody':
        return undefined;
      case 'self':
        return this.#self;
      case 'name': {
        const { name, namespace = this.#node.namespace } = reached;
        return this.#party({ by: 'name', name, ...(namespace !== undefined && { namespace }) });
      }
      case 'address':
        return this.#address(reached.host, reached.port);
      case 'authority': {
        const address = parseHost(authority);
        return address && this.#address(address.host, address.port);
      }
    }
  }

  #address(host: string, port: number | undefined): Party {
    const { namespace } = this.#node;
    return this.#party({
      by: 'address',
      host,
      ...(port !== undefined && { port }),
      ...(namespace !== undefined && { namespace }),
    });
  }

  #identity(identity: string): Party {
    return this.#party({ by: 'identity', identity });
  }

  #party(subject: Party['subject']): Party {
    const party = toParty(subject);
    return this.#parties.of(party.key, () => party);
  }
}

const SPIFFE_ID = /^spiffe:\/\/[a-z0-9._-]{1,255}\/[\w./-]{1,1700}$/;

/** @see SPIFFE-ID §2 */
function isSpiffeId(text: string | undefined): text is string {
  return text !== undefined && SPIFFE_ID.test(text);
}

/** The caller's part of a sighting. */
export function callerOf({
  caller,
  isCallerProved,
}: Exchange): Pick<Sighting, 'caller' | 'isCallerProved'> {
  return { ...(caller && { caller }), ...(isCallerProved && { isCallerProved }) };
}
