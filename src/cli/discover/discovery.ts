import type { EndpointTraffic, Protocol, Tag } from '../../estate/index.ts';
import type { LeftOut } from './left-out.ts';
import type { JudgedPayloads } from './payloads.ts';

/** One endpoint as the logs show it. */
export interface DiscoveredEndpoint {
  /** Name of the service, or the host that was asked. */
  readonly service: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
  readonly templateFrom: EndpointTraffic['templateFrom'];
  readonly requests: number;
  /** Requests by status; `0` where none was told. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Paths that were sent; values that look like secrets are masked. */
  readonly examples: readonly string[];
  /** RFC 3339. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Names of query parameters, sorted. */
  readonly parameters: readonly string[];
  /** Requests by the credential that they were seen with. */
  readonly credentials: Readonly<Record<string, number>>;
  /** Only the platform asked: health checks, scrapes. */
  readonly isOperational: boolean;
  /** Kinds of data that it handles; present where payloads were judged. */
  readonly sensitivity?: readonly Tag[];
  /** Present where there is something to compare with. */
  readonly status?: 'declared' | 'shadow';
}

/** Endpoints that are left out of lists, with the requests for them. */
export interface Hidden {
  readonly endpoints: number;
  readonly requests: number;
}

/** An operation of a specification. */
export interface DeclaredOperation {
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
  readonly file: string;
  readonly line?: number;
}

/** A declared operation that no request asked for. */
export interface UnseenOperation extends DeclaredOperation {
  /** Null where the specification belongs to no service that was seen. */
  readonly service: string | null;
}

/** What was discovered against what is declared. */
export interface Comparison {
  readonly declared: number;
  readonly discovered: number;
  /** Both declared and discovered. */
  readonly matched: number;
  readonly shadow: number;
  /** `shadow / declared`: how much of the estate is missing from its specifications. */
  readonly beyondDeclared: number;
  readonly unseen: readonly UnseenOperation[];
}

/** What `reeve discover` found; the contract of `--format json`. */
export interface Discovery {
  readonly schema: 'reeve.discover/v1';
  readonly files: number;
  readonly requests: number;
  /** By service, then the most requests first. */
  readonly endpoints: readonly DiscoveredEndpoint[];
  /** Paths that only ever answered that there is nothing. */
  readonly probes: Hidden;
  /** Asked for less often than `--min-requests`. */
  readonly rare: Hidden;
  readonly leftOut: readonly LeftOut[];
  readonly comparison?: Comparison;
  /** Present where payloads were judged. */
  readonly payloads?: JudgedPayloads;
}
