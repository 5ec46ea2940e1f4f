import type { Entry } from '../../../src/identity/registration/entry.ts';

/** What the API tells of identities. Times are RFC 3339. */

export type { Entry };

export interface AuthorityView {
  readonly id: string;
  readonly kind: 'x509' | 'jwt';
  readonly status: 'prepared' | 'published' | 'active' | 'retired';
  readonly notBefore: string;
  readonly notAfter: string;
  /** Null for `jwt`. */
  readonly isRoot: boolean | null;
  /** A successor is to take its place before its time. */
  readonly isLeaving: boolean;
  readonly taint: 'orderly' | 'urgent' | null;
}

/** One thing that enforcement points refuse. */
export interface DenialView {
  readonly id: string;
  readonly deny: 'identity' | 'serial' | 'key';
  readonly value: string;
  /** Of an identity: only what was issued before; null: all of it. */
  readonly issuedBefore: string | null;
  readonly why: string;
  readonly at: string;
  /** Null: until it is lifted. */
  readonly until: string | null;
}

/** How many SVIDs were issued, and how often one was refused. */
export interface IssueSum {
  readonly x509: number;
  readonly jwt: number;
  readonly refused: number;
}

export interface Overview {
  readonly trustDomain: string;
  readonly authorities: readonly AuthorityView[];
  readonly bundle: {
    readonly sequence: number;
    readonly x509Authorities: number;
    readonly jwtAuthorities: number;
  };
  readonly denials: { readonly total: number };
  readonly entries: {
    readonly total: number;
    readonly automatic: number;
    readonly person: number;
  };
  readonly unregistered: number;
  readonly issued: IssueSum;
  readonly agents: number;
  readonly federation: { readonly total: number; readonly trusted: number };
  readonly workloadApi: {
    readonly address: string;
    readonly connections: number;
    readonly workloads: number;
    readonly svids: number;
  } | null;
}

/** A service without an identity, and why. */
export interface Unregistered {
  readonly service: string;
  readonly because: string;
}

export type IssueCount = IssueSum & {
  /** Null: of workloads that belong to no service. */
  readonly service: string | null;
};
