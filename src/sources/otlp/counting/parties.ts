import type { Party } from '../../../estate/index.ts';
import { ROLE, type Role, type SpanFields } from '../reading/index.ts';
import { Dictionary } from './dictionary.ts';
import type { KeyWriter } from './key.ts';
import { writeRole } from './role-key.ts';
import { hostParty, serviceParty } from './subject.ts';

const HOUR_MS = 3_600_000;
/** Longer names are none; one byte more is enough to tell. */
const MAX_NAME_BYTES = 801;
const MAX_HOST_BYTES = 1_021;
const BYTES_A_PARTY = 128;

/** Services have a name, or they have none that is their own, or there are too many of them. */
export const NO_NAME = 0;
export const TOO_MANY = -1;

/** The services that send spans and the hosts that they call, each under an id. Services are only
 *  forgotten when there are too many, and not more than once an hour, so that a flood of names costs
 *  no more than its bound; hosts are forgotten whenever there are too many. */
export class Parties {
  readonly #services: Dictionary<Party | undefined>;
  readonly #hosts: Dictionary<Party | undefined>;
  readonly #key: KeyWriter;
  /** When the services were last begun anew; milliseconds since 1970. */
  #renewedAt = 0;

  constructor(maxParties: number, key: KeyWriter) {
    const maxBytes = Math.max(4_096, maxParties * BYTES_A_PARTY);
    this.#services = new Dictionary({ maxKeys: maxParties, maxBytes });
    this.#hosts = new Dictionary({ maxKeys: maxParties, maxBytes });
    this.#key = key;
  }

  service(id: number): Party | undefined {
    return this.#services.entryOf(id);
  }

  host(id: number): Party | undefined {
    return this.#hosts.entryOf(id);
  }

  /** The id of the service that a resource describes, `NO_NAME`, or `TOO_MANY`. */
  serviceId(resource: SpanFields, now: number): number {
    const key = this.#key;
    key.start();
    for (const role of SERVICE_ROLES) writeRole(resource, ROLE[role], key, MAX_NAME_BYTES);
    const known = this.#services.find(key);
    if (known >= 0) return this.#idOf(known);
    const [name = '', namespace = '', environment = ''] = SERVICE_ROLES.map((role) =>
      resource.text(role),
    );
    return this.#addService(serviceParty(name, namespace, environment), now);
  }

  /** The id of the host that a CLIENT span of a service names, or 0. */
  hostId(span: SpanFields, service: number): number {
    if (!span.has(ROLE.peerHost)) return 0;
    const port = span.number(ROLE.peerPort);
    const key = this.#key;
    key.start();
    key.word(service);
    key.word(port > 0 && port < 65_536 ? Math.floor(port) : 0);
    writeRole(span, ROLE.peerHost, key, MAX_HOST_BYTES);
    const known = this.#hosts.find(key);
    if (known >= 0) return this.#hosts.at(known) === undefined ? 0 : this.#hosts.idOf(known);
    return this.#addHost(span, service);
  }

  #idOf(number: number): number {
    return this.#services.at(number) === undefined ? NO_NAME : this.#services.idOf(number);
  }

  #addService(party: Party | undefined, now: number): number {
    if (this.#services.size === 0) this.#renewedAt = now;
    let number = this.#services.add(this.#key, party);
    if (number < 0 && now - this.#renewedAt >= HOUR_MS) {
      this.#renewedAt = now;
      this.#services.renew();
      number = this.#services.add(this.#key, party);
    }
    return number < 0 ? TOO_MANY : this.#idOf(number);
  }

  #addHost(span: SpanFields, service: number): number {
    const caller = this.#services.entryOf(service);
    if (caller === undefined) return 0;
    const port = span.number(ROLE.peerPort);
    const isPort = port > 0 && port < 65_536;
    const party = hostParty(span.text('peerHost'), isPort ? Math.floor(port) : 0, caller);
    let number = this.#hosts.add(this.#key, party);
    if (number < 0) {
      this.#hosts.renew();
      number = this.#hosts.add(this.#key, party);
    }
    return number < 0 || party === undefined ? 0 : this.#hosts.idOf(number);
  }
}

const SERVICE_ROLES: readonly Role[] = ['serviceName', 'namespace', 'environment'];
