import { type SpanParty, socketAddress } from '../../../estate/spans/index.ts';
import { isServiceName } from '../../service-name.ts';
import type { SpanFields } from '../reading/index.ts';

/** Databases that run in the process that asks them: no call leaves it. */
const EMBEDDED: ReadonlySet<string> = new Set(['sqlite', 'h2', 'h2database', 'hsqldb', 'derby']);

/** Whom a service called: by the name of the host that it called; else by the name that the caller knows the other service
 *  by; else by whatever is left, of which an address is the last resort, for it says little of who was there.
 *  @param host that the span names
 *  @param caller that sent the span */
export function calledParty(
  span: SpanFields,
  host: SpanParty | undefined,
  caller: SpanParty,
): SpanParty | undefined {
  const isNamed = host?.by === 'address' && socketAddress(host.host) === undefined;
  return (
    (isNamed ? host : undefined) ?? namedPeer(span, caller) ?? host ?? unnamedPeer(span, caller)
  );
}

/** The other service, by its name; undefined where the span names none.
 *  @see OpenTelemetry semantic conventions 1.44, Service peer attributes */
export function namedPeer(span: SpanFields, teller: SpanParty): SpanParty | undefined {
  const name = span.text('peerName');
  if (!isServiceName(name)) return undefined;
  const namespace = span.text('peerNamespace');
  const environment = teller.by === 'name' ? teller.environment : undefined;
  return {
    by: 'name',
    name,
    ...(isServiceName(namespace) && { namespace }),
    ...(environment !== undefined && { environment }),
  };
}

function unnamedPeer(span: SpanFields, caller: SpanParty): SpanParty | undefined {
  const database = span.text('dbSystem');
  if (EMBEDDED.has(database)) return undefined;
  const host = isServiceName(database) ? database : socketAddress(span.text('socketPeer'));
  if (host === undefined) return undefined;
  const namespace = caller.by === 'name' ? caller.namespace : undefined;
  return { by: 'address', host, known: true, ...(namespace !== undefined && { namespace }) };
}
