import type { Caller } from '../caller.ts';

/** What authorisation is asked: whether this caller may do this. */
export interface Question {
  /** Undefined where nobody proved to be the caller, which only `optional` lets come this far. */
  readonly caller: Caller | undefined;
  /** `GET`. */
  readonly method: string;
  /** As the framework routes by it, without the query, which may hold secrets: `/orders/42`. */
  readonly path: string;
  /** As it was sent, without the query, where that is known. */
  readonly sentPath?: string | undefined;
  /** Where the framework knows the route: `/orders/{id}`. */
  readonly template: string | undefined;
  /** Who is called, as the options name it. */
  readonly service: string | undefined;
}

/** The reason is told to the caller: it holds nothing that the caller must not know. */
export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly reason: string;
      /** For logs, not for the caller. */
      readonly cause?: unknown;
    };

/** Anything that decides. What it throws denies. */
export type Authorize = (question: Question) => Decision | Promise<Decision>;

export const ALLOWED: Decision = Object.freeze({ allowed: true });

export const denied = (reason: string, cause?: unknown): Decision => ({
  allowed: false,
  reason,
  ...(cause !== undefined && { cause }),
});
