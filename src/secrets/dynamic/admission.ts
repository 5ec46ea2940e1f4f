import { Fault, quote } from '../../base/fault.ts';
import type { DynamicConfig } from './config.ts';
import type { KnownLeases } from './known.ts';
import type { Role } from './model.ts';

const SECOND = 1_000;
/** A lease that is over before anybody can use it is not given. */
const SHORTEST = 5 * SECOND;

/** The workload that asks, as its SVID says it. */
export interface Caller {
  readonly spiffeId: string;
  /** The id of its service. */
  readonly service: string;
  /** When the SVID that it showed ends, in milliseconds since 1970. */
  readonly svidEndsAt: number;
}

/** Why a service gets nothing of a role; undefined: it may ask. Who else may is not told to who may not. */
export function whyForbidden({ service, consumers }: Role, caller: Caller): string | undefined {
  if (service === caller.service || consumers.includes(caller.service)) return undefined;
  return 'it is not among the consumers of the role';
}

/** When a lease that is given or renewed now ends: milliseconds since 1970.
 *  @param endsAt when its user has lived for as long as it may
 *  @throws {Fault} `secrets/lease-invalid` where a longer time is asked for than the role gives, or none is left */
export function expiryOf(
  role: Role,
  caller: Caller,
  ttlSeconds: number | undefined,
  endsAt: number,
  now: number,
): number {
  const { defaultTtlSeconds, maxTtlSeconds, withinSvid } = role;
  const ttl = ttlSeconds ?? defaultTtlSeconds;
  if (!(ttl >= 1 && ttl <= maxTtlSeconds)) {
    throw new Fault('secrets/lease-invalid', `The role gives no lease of ${ttl} s`, {
      hint: `ask for 1 to ${maxTtlSeconds} s`,
    });
  }
  const expiresAt = Math.min(
    now + ttl * SECOND,
    endsAt,
    withinSvid ? caller.svidEndsAt : Number.POSITIVE_INFINITY,
  );
  if (expiresAt - now >= SHORTEST) return expiresAt;
  const [why, hint] =
    endsAt - now < SHORTEST
      ? ['The user has lived for as long as its role lets it', 'ask for another lease']
      : ['The SVID is over', 'ask with the next one'];
  throw new Fault('secrets/lease-invalid', why, { hint });
}

/** Places that are taken: by leases, and by what is about to become one. */
export class Admission {
  readonly #config: DynamicConfig;
  readonly #known: KnownLeases;
  /** By service and role, in their order of coming. */
  readonly #coming = new Map<string, { readonly service: string; readonly role: string }>();

  constructor(config: DynamicConfig, known: KnownLeases) {
    this.#config = config;
    this.#known = known;
  }

  /** Takes a place for a lease that is to come.
   *  @returns what gives it back, when the lease is known or has failed
   *  @throws {Fault} `secrets/leases-too-many` */
  enter(id: string, role: Role, service: string): () => void {
    const all = this.#known.size + this.#coming.size;
    refuseFull(all, this.#config.maxLeases, 'in all');
    const ofService = [...this.#known.ofService(service), ...this.#coming.values()].filter(
      (one) => one.service === service,
    );
    refuseFull(ofService.length, this.#config.maxLeasesOfService, `of ${quote(service, 120)}`);
    const ofRole = ofService.filter((one) => one.role === role.id);
    refuseFull(ofRole.length, role.maxLeases, `of ${quote(service, 120)} in this role`);
    this.#coming.set(id, { service, role: role.id });
    return () => this.#coming.delete(id);
  }
}

function refuseFull(count: number, most: number, whose: string): void {
  if (count < most) return;
  throw new Fault('secrets/leases-too-many', `There are ${most} leases ${whose} already`, {
    hint: 'end those that are not used, share one, or have the bound raised',
  });
}
