import { listAt, pick, textAt } from '../../base/pick.ts';
import type { EndpointObservation } from '../../estate/index.ts';
import type { Definition } from './project.ts';

const OWN_URL =
  /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::[^\s/"']{1,40})?(\/[^\s"'?#;|)]*)?/;

/** The tool that asks the gRPC health service, without a host or with the container's own.
 *  @see https://github.com/grpc-ecosystem/grpc-health-probe */
const GRPC_PROBE =
  /(?:^|[\s/])grpc[_-]health[_-]probe(?:\s[^|;&]{0,400})?\s-{1,2}addr[=\s](?:localhost|127\.0\.0\.1|0\.0\.0\.0)?:/;

/** The endpoint that a health check of a container asks of itself. */
export function healthChecksOf(definition: Definition): readonly EndpointObservation[] {
  const test = pick(definition.value, 'healthcheck', 'test');
  const text =
    textAt(test) ??
    listAt(test)
      .map((word) => textAt(word) ?? '')
      .join(' ');
  const endpoint = askedIn(text.slice(0, 4_096));
  if (!endpoint) return [];
  return [
    {
      kind: 'endpoint',
      subject: { by: 'name', name: definition.service },
      ...endpoint,
      operational: true,
      source: definition.sourceAt(['healthcheck', 'test']),
    },
  ];
}

function askedIn(
  text: string,
): Pick<EndpointObservation, 'protocol' | 'method' | 'template'> | undefined {
  const url = OWN_URL.exec(text);
  if (url) return { protocol: 'http', method: 'GET', template: url[1] ?? '/' };
  if (!GRPC_PROBE.test(text)) return undefined;
  return { protocol: 'grpc', method: 'RPC', template: '/grpc.health.v1.Health/Check' };
}
