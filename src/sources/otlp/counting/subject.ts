import type { Party } from '../../../estate/index.ts';
import { toParty } from '../../../estate/sighting/index.ts';

const NAME = /^[^\s\p{Cc}/]{1,200}$/u;
const MAX_HOST_LENGTH = 255;
const HOST = /^[^\s\p{Cc}/]+$/u;

/** The service that sent a resource's spans, in its own words; undefined where it gives no name, or
 *  only the one that SDKs make up.
 *  @see OpenTelemetry resource SDK specification, `unknown_service` */
export function serviceParty(
  name: string,
  namespace: string,
  environment: string,
): Party | undefined {
  if (name.startsWith('unknown_service') || !NAME.test(name)) return undefined;
  return toParty({
    by: 'name',
    name,
    ...(NAME.test(namespace) && { namespace }),
    ...(NAME.test(environment) && { environment }),
  });
}

/** Whatever answers at a host, as seen by a caller; undefined for what is no host. */
export function hostParty(host: string, port: number, caller: Party): Party | undefined {
  if (host.length > MAX_HOST_LENGTH || !HOST.test(host)) return undefined;
  const { subject } = caller;
  const namespace = subject.by === 'name' ? subject.namespace : undefined;
  return toParty({
    by: 'address',
    host,
    known: true,
    ...(port > 0 && { port }),
    ...(namespace !== undefined && { namespace }),
  });
}
