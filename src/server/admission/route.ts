import type { IncomingMessage } from 'node:http';
import { Fault, quote } from '../../base/fault.ts';

/** What a request to the webhook asks for. */
export interface Route {
  /** Name of the cluster whose API server asks. */
  readonly cluster: string;
  /** How long it waits, where it says so. */
  readonly timeoutSeconds: number | undefined;
}

const PATH = '/validate';
const TIMEOUT = /^(\d{1,2})s$/;

/** `POST /validate/CLUSTER`, or `/validate` where there is one cluster; API servers add `?timeout=10s`.
 *  @throws {Fault} `admission/not-found`, `admission/method-invalid`, `admission/unsupported-media-type` */
export function routeOf(
  { method, url = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  clusters: readonly string[],
): Route {
  const [path = '', query = ''] = url.split('?', 2);
  const named = path.startsWith(`${PATH}/`) ? path.slice(PATH.length + 1) : undefined;
  const only = clusters.length === 1 ? clusters[0] : undefined;
  const cluster = path === PATH ? only : clusters.find((name) => name === named);
  if (cluster === undefined) {
    throw new Fault('admission/not-found', `Nothing is asked at ${quote(path, 200)}`, {
      hint: 'ask POST /validate/CLUSTER, with the name of the cluster as it is configured',
    });
  }
  if (method !== 'POST') {
    throw new Fault('admission/method-invalid', `${quote(method)} is not answered: send a POST`);
  }
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new Fault('admission/unsupported-media-type', 'A review is sent as application/json');
  }
  const seconds = TIMEOUT.exec(new URLSearchParams(query.slice(0, 200)).get('timeout') ?? '')?.[1];
  return {
    cluster,
    timeoutSeconds: seconds === undefined || Number(seconds) === 0 ? undefined : Number(seconds),
  };
}
