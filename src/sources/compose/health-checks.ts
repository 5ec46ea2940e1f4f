import { listAt, pick, textAt } from '../../base/pick.ts';
import type { EndpointObservation } from '../../estate/index.ts';
import type { Definition } from './project.ts';

const URL = /https?:\/\/([\w.-]{1,253})(?::[^\s/"']{1,40})?(\/[^\s"'?#;|)]*)?/g;
const THIS_MACHINE = ['localhost', '127.0.0.1', '0.0.0.0'];
/** `curl -I`, `curl -fsI`, `curl --head`. */
const ASKS_HEAD = /\bcurl\s(?:[^|;&]{0,400}\s)?(?:-[A-Za-z]{0,10}I[A-Za-z]{0,10}|--head)\s/;

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
  const endpoint = askedIn(text.slice(0, 4_096), ownNames(definition));
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

/** What the container can call itself by. */
function ownNames({ service, value }: Definition): ReadonlySet<string> {
  const names = [textAt(value, 'container_name'), textAt(value, 'hostname')];
  return new Set([...THIS_MACHINE, service, ...names.filter((name) => name !== undefined)]);
}

function askedIn(
  text: string,
  own: ReadonlySet<string>,
): Pick<EndpointObservation, 'protocol' | 'method' | 'template'> | undefined {
  const url = [...text.matchAll(URL)].find(([, host = '']) => own.has(host));
  if (url) {
    const method = ASKS_HEAD.test(text) ? 'HEAD' : 'GET';
    return { protocol: 'http', method, template: url[2] ?? '/' };
  }
  if (!GRPC_PROBE.test(text)) return undefined;
  return { protocol: 'grpc', method: 'RPC', template: '/grpc.health.v1.Health/Check' };
}
