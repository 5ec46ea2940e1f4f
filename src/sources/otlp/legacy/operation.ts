import type { Protocol } from '../../../estate/index.ts';
import { type Attributes, attribute, type Span } from './span.ts';
import { pathOf, toTemplate } from './template.ts';

/** What a span says was asked of a service, or published to a topic. */
export interface Operation {
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
  /** A probe of the platform asked. */
  readonly operational: boolean;
  /** The template was guessed from a path, so that it counts against the limit of guesses. */
  readonly guessed: boolean;
}

/** The operation that a SERVER, PRODUCER or CONSUMER span stands for; undefined where it names none,
 *  or where the path is only known from an answer 404. */
export function operationOf(span: Span): Operation | undefined {
  if (span.kind === 'producer') return eventOf(span.attributes, 'PUBLISH');
  if (span.kind === 'consumer') return eventOf(span.attributes, 'SUBSCRIBE');
  if (span.kind !== 'server') return undefined;
  return rpcOf(span.attributes) ?? httpOf(span.attributes);
}

/** As calls write it: `GET /orders/{id}`, `payments.v1.Cards/Charge`. */
export function toOperationText({ protocol, method, template }: Operation): string {
  return protocol === 'grpc' ? template.slice(1) : `${method} ${template}`;
}

const GRPC_METHOD = /^\/?([A-Za-z_][\w.]{0,254})\/([A-Za-z_]\w{0,127})$/;

/** New conventions put service and method into `rpc.method`, old ones apart. */
function rpcOf(attributes: Attributes): Operation | undefined {
  const system = attribute(attributes, 'rpcSystem');
  if (system !== 'grpc' && system !== 'connect_rpc' && system !== 'connectrpc') return undefined;
  const method = attribute(attributes, 'rpcMethod') ?? '';
  const service = attribute(attributes, 'rpcService');
  const name = GRPC_METHOD.exec(method.includes('/') ? method : `${service}/${method}`);
  if (!name) return undefined;
  return {
    protocol: 'grpc',
    method: 'RPC',
    template: `/${name[1]}/${name[2]}`,
    operational: name[1] === 'grpc.health.v1.Health',
    guessed: false,
  };
}

const HTTP_METHOD = /^[A-Z]{1,20}$/;
/** Clients that only ask whether the service lives, or scrape its metrics. */
const PROBES = ['kube-probe/', 'GoogleHC/', 'ELB-HealthChecker/', 'Prometheus/', 'Envoy/HC'];

function httpOf(attributes: Attributes): Operation | undefined {
  const method = httpMethod(attributes);
  if (method === undefined) return undefined;
  const route = attribute(attributes, 'httpRoute');
  if (route === undefined && !answeredByTheService(attributes, method)) return undefined;
  const path = route ?? requestPath(attributes);
  const template = path === undefined ? undefined : toTemplate(withSlash(path));
  if (template === undefined) return undefined;
  const agent = attribute(attributes, 'userAgent') ?? '';
  return {
    protocol: 'http',
    method,
    template,
    operational: PROBES.some((probe) => agent.startsWith(probe)),
    guessed: route === undefined,
  };
}

/** HEAD is answered by what answers GET. */
function httpMethod(attributes: Attributes): string | undefined {
  const named = attribute(attributes, 'httpMethod');
  const method = named === '_OTHER' ? attribute(attributes, 'httpMethodOriginal') : named;
  if (method === undefined || !HTTP_METHOD.test(method)) return undefined;
  return method === 'HEAD' ? 'GET' : method;
}

/** A path that found nothing is no endpoint, and preflights are answered for any path. */
function answeredByTheService(attributes: Attributes, method: string): boolean {
  return attribute(attributes, 'httpStatus') !== '404' && method !== 'OPTIONS';
}

function requestPath(attributes: Attributes): string | undefined {
  const target = attribute(attributes, 'urlPath') ?? attribute(attributes, 'urlFull');
  return target === undefined ? undefined : pathOf(target);
}

/** Some frameworks give routes without the first slash. */
function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** Topics made for one consumer or one answer are no part of the estate. */
function eventOf(attributes: Attributes, method: string): Operation | undefined {
  const topic = attribute(attributes, 'destination');
  if (attribute(attributes, 'messagingSystem') === undefined || topic === undefined) {
    return undefined;
  }
  if (attribute(attributes, 'destinationTemporary') === 'true' || topic.length > 255) {
    return undefined;
  }
  return { protocol: 'event', method, template: topic, operational: false, guessed: false };
}
