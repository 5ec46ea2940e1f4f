import type { Endpoint, EndpointTraffic, ServiceRecord } from '../estate/index.ts';
import { toCount, toDay } from '../inventory/index.ts';
import { someOf } from './failure.ts';

/** From when to when operations of a service were seen to be called (RFC 3339). */
export interface Watched {
  readonly from: string;
  readonly until: string;
}

/** An endpoint, and what its findings are told by. */
export interface JudgedEndpoint {
  readonly endpoint: Endpoint;
  readonly service: ServiceRecord | undefined;
  /** Operations of its service and protocol; undefined where no traffic of them is counted. */
  readonly watched: Watched | undefined;
  /** The environments in which its service is staged, where it is in none of them. */
  readonly stagedIn: readonly string[] | undefined;
  /** Its specification says that it demands no credential. */
  readonly isPublic: boolean;
  /** The name of a service by its id, or the id. */
  readonly serviceName: (id: string) => string;
  readonly activeDays: number;
  /** RFC 3339, UTC. */
  readonly now: string;
}

/** `GET /orders/{id} of orders` */
export function nameOf({ endpoint, service }: JudgedEndpoint): string {
  return `${endpoint.method} ${endpoint.template} of ${service?.name ?? endpoint.service}`;
}

/** `called (1,204 requests since 3 May, from web)`, with what is known of it. */
export function calls({ endpoint, now, serviceName }: JudgedEndpoint): string {
  const { traffic } = endpoint;
  if (!traffic) return 'called';
  const count = traffic.requests > 0 ? `${toRequests(traffic.requests)} ` : '';
  return `called (${count}since ${toDay(traffic.firstSeen, now)}${callers(traffic, serviceName)})`;
}

export function toRequests(count: number): string {
  return count === 1 ? '1 request' : `${toCount(count)} requests`;
}

function callers({ callers: all }: EndpointTraffic, serviceName: (id: string) => string): string {
  return all.length === 0 ? '' : `, from ${someOf(all.map(({ service }) => serviceName(service)))}`;
}

/** Paths that only the platform calls. */
export function isOperational({ template, sensitivity }: Endpoint): boolean {
  return sensitivity.length === 0 && isPlatformPath(template);
}

export function isPlatformPath(template: string): boolean {
  return /(^|\/)_?(health|healthz|healthcheck|health-check|livez?|liveness|readyz?|readiness|ping|metrics|prometheus|status)$/i.test(
    template,
  );
}
