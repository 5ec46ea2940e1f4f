import type { Party } from '../../../estate/index.ts';
import { toParty } from '../../../estate/sighting/index.ts';
import { isHostName, isServiceName } from '../../service-name.ts';

/** The service that sent a resource's spans, in its own words; undefined where it gives no name, or
 *  only the one that SDKs make up.
 *  @see OpenTelemetry resource SDK specification, `unknown_service` */
export function serviceParty(
  name: string,
  namespace: string,
  environment: string,
): Party | undefined {
  if (name.startsWith('unknown_service') || !isServiceName(name)) return undefined;
  return toParty({
    by: 'name',
    name,
    ...(isServiceName(namespace) && { namespace }),
    ...(isServiceName(environment) && { environment }),
  });
}

/** Whatever answers at a host, as seen by a caller; undefined for what is no host. */
export function hostParty(host: string, port: number, caller: Party): Party | undefined {
  if (!isHostName(host)) return undefined;
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
