import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../auth/authenticator.ts';
import type { Permission } from '../auth/roles.ts';

/** Who may ask for an operation: anyone, anyone on this machine, any authenticated principal, or one that has the
 *  permission. */
export type Access = 'public' | 'loopback' | 'principal' | Permission;

/** What a handler gets: everything checked against the operation's schemas. */
export interface Asked<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Of operations that need one, always; of others, where the request shows one. */
  readonly principal: Principal | undefined;
  readonly reply: FastifyReply;
}

/** One operation of the API: from it come the route, the checks and the page of the OpenAPI document. */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Parameters as `{name}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access: Access;
  /** The handler asks whose it is (`checkOwner`): principals that are bound to teams may ask for it. */
  readonly isByOwner?: boolean;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Where the body may be larger than usual. */
  readonly maxBodyBytes?: number;
  /** The body is handed on as it was sent, and not parsed: its signature is verified first. */
  readonly keepsText?: boolean;
  readonly status: 200 | 201 | 202 | 204;
  readonly response?: z.ZodType;
  /** Of the answer, where it is not JSON. */
  readonly mediaType?: string;
  readonly handle: (asked: Asked<never, never, never>) => unknown;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** Checks an operation's handler against its schemas. */
export function operation<
  const Params extends z.ZodObject | undefined = undefined,
  const Query extends z.ZodObject | undefined = undefined,
  const Body extends z.ZodType | undefined = undefined,
>(
  definition: Omit<Operation, 'params' | 'query' | 'body' | 'handle'> & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
    readonly handle: (asked: Asked<Output<Params>, Output<Query>, Output<Body>>) => unknown;
  },
): Operation {
  return definition as unknown as Operation;
}
