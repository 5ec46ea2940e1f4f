import type { Source } from './model.ts';

/** What files say about who may call whom beyond any one service. */
export interface PolicySources {
  /** Files of guardrails, as they are written. */
  readonly guardrails: readonly PolicyFile[];
  readonly groups: readonly GroupDefinition[];
  /** Files that may define groups, and were not read whole. */
  readonly groupsUnread?: readonly { readonly file: string; readonly why: string }[];
}

export interface PolicyFile {
  /** Path inside the folder that was read. */
  readonly path: string;
  readonly text: string;
  /** Why the file could not be read; then its text is empty, and nobody knows what it forbids. */
  readonly unread?: string | undefined;
  /** It is a folder of which not everything was read; `.` is the whole one. */
  readonly isFolder?: true | undefined;
  /** Why a folder could not be read, whose files are those that were read last. */
  readonly keptFor?: string | undefined;
}

/** A `kind: Group` document: services that guardrails speak of by one name. */
export interface GroupDefinition {
  readonly name: string;
  /** An absent namespace means the services of that name in every namespace. */
  readonly services: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly source: Source;
  }[];
  /** Groups whose services belong to this one, too. */
  readonly groups: readonly { readonly name: string; readonly source: Source }[];
  readonly source: Source;
  /** What is wrong with the document, so that not all who are in the group are known. */
  readonly problem?: string | undefined;
}

/** What a test says of one call: that policy allows it, or denies it. */
export interface PolicyCase {
  /** What the test calls it, or the call itself. */
  readonly name: string;
  readonly expect: 'allow' | 'deny';
  /** `orders`, `shop/orders`, `production/shop/orders`, a SPIFFE ID; `nobody` for who proves nothing. */
  readonly from: string;
  /** As `from`, without SPIFFE IDs and `nobody`. */
  readonly to: string;
  /** `POST /orders`, `GET /orders/{id}` for any ID, `package.Service/Method`, `QUERY order`. */
  readonly operation: string;
  readonly proof: 'mtls' | 'token';
  /** Of one that is denied: it would be, if its caller declared it, too. So guardrails are tried. */
  readonly evenIfDeclared?: true;
  /** Why it must be so: a code (`call-undeclared`), the id of a guardrail, or words of the message. */
  readonly reason?: string;
  readonly source: Source;
}
