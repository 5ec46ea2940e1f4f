import { numberAt, textAt } from '../../base/pick.ts';
import type { Party } from '../../estate/index.ts';
import { toParty } from '../../estate/sighting/index.ts';
import { detached } from '../detached.ts';
import { Parties } from '../requests/index.ts';
import { isServiceName } from '../service-name.ts';

const MAX_PARTIES = 10_000;

/** One object for each service and consumer that a Kong names. */
export class KongParties {
  readonly #parties = new Parties(MAX_PARTIES);

  of(subject: Party['subject']): Party {
    const party = toParty(subject);
    return this.#parties.of(party.key, () => party);
  }

  consumer(name: string | undefined): Party | undefined {
    return name !== undefined && isServiceName(name)
      ? this.of({ by: 'name', name: detached(name) })
      : undefined;
  }
}

interface HostRule {
  readonly pattern: RegExp;
  readonly subject: (match: RegExpExecArray, port: number | undefined) => Party['subject'];
  readonly because: string;
}

/** What the host of a service of Kong means; the first that fits decides. */
const HOST_RULES: readonly HostRule[] = [
  {
    pattern: /^([\w-]{1,63})\.([\w-]{1,63})\.[\w-]{1,63}\.svc$/,
    subject: ([, name = '', namespace = '']) => ({ by: 'name', name, namespace }),
    because: "Kong's ingress controller writes NAME.NAMESPACE.PORT.svc",
  },
  {
    pattern: /^(?=[\w.-]*[a-z])[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}$/,
    subject: ([host], port) => ({ by: 'address', host, ...(port !== undefined && { port }) }),
    because: 'a host name says where the request was sent',
  },
];

/** The service that a service of Kong stands for: by its host, else by its name. A single word as host is
 *  the name of a Service, of a container, or of an upstream of Kong, which people name alike.
 *  @see Kong, entities, Service */
export function serviceOf(service: unknown, parties: KongParties): Party | undefined {
  const host = textAt(service, 'host')?.toLowerCase() ?? '';
  for (const { pattern, subject } of HOST_RULES) {
    const match = pattern.exec(host);
    if (match) return parties.of(subject(match, portOf(service)));
  }
  const name = [host, textAt(service, 'name') ?? ''].find(
    (one) => isServiceName(one) && !isAddress(one) && one !== 'localhost',
  );
  return name === undefined ? undefined : parties.of({ by: 'name', name: detached(name) });
}

function portOf(service: unknown): number | undefined {
  const port = numberAt(service, 'port');
  return port !== undefined && Number.isInteger(port) && port > 0 && port < 65_536
    ? port
    : undefined;
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}
