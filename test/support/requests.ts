import { toJsonRequest } from '../../src/sources/otlp/testing/encode.ts';

interface Requests {
  readonly count?: number;
  readonly status?: number;
  /** The instrumentation names the path as its route. */
  readonly isRouted?: boolean;
}

let spans = 0;

/** Has the server see requests, now, that a service of the namespace `shop` in `production` answered, as
 *  the spans of that service tell.
 *  @param service undefined: the spans do not name it
 *  @throws {Error} where the server does not take them */
export async function sendRequests(
  otlpOrigin: string,
  service: string | undefined,
  path: string,
  { count = 1, status = 200, isRouted = false }: Requests = {},
): Promise<void> {
  const toSpan = () => {
    spans++;
    return {
      traceId: spans.toString(16).padStart(32, '0'),
      spanId: spans.toString(16).padStart(16, '0'),
      kind: 2,
      startMs: Date.now(),
      attributes: {
        'http.request.method': 'GET',
        'url.path': path,
        'url.query': 'format=csv',
        'http.response.status_code': status,
        ...(isRouted && { 'http.route': path }),
      },
    };
  };
  const resource = {
    ...(service !== undefined && { 'service.name': service }),
    'service.namespace': 'shop',
    'deployment.environment.name': 'production',
  };
  const body = toJsonRequest([{ resource, spans: Array.from({ length: count }, toSpan) }]);
  const response = await fetch(`${otlpOrigin}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
}
