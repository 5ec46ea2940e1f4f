import type { Question } from '../authorization/index.ts';
import { type Caller, findCaller, rememberCaller } from '../caller.ts';
import { decide } from './decide.ts';
import { type Identified, identify } from './identify.ts';
import { type CallerOptions, judgeOptions } from './options.ts';
import { readPublicPaths } from './public-paths.ts';
import type { Refusal } from './refusal.ts';

/** A request, as every framework can tell it. */
export interface Arrival {
  /** That of `node:http` or `node:http2`; undefined where there is none, and no connection to ask. */
  readonly raw: object | undefined;
  readonly authorization: string | undefined;
  readonly method: string;
  /** As the framework routes by it, without the query. */
  readonly path: string;
  /** As it was sent, without the query, where that is known. */
  readonly sentPath?: string | undefined;
  /** Where the framework knows the route: `/orders/{id}`. */
  readonly template?: string | undefined;
}

export type Outcome =
  | { readonly admitted: true; readonly caller: Caller | undefined }
  | { readonly admitted: false; readonly refusal: Refusal };

export type Gate = (arrival: Arrival) => Promise<Outcome>;

/** What every request goes through, whatever the framework: who is calling, and may they do this?
 *  `clock` gives milliseconds since 1970.
 *  @throws {ReeveError} `middleware/options-invalid` */
export function createGate(options: CallerOptions, clock: () => number = Date.now): Gate {
  judgeOptions(options);
  const isPublic = readPublicPaths(options.public);
  return async (arrival) => {
    const { raw, authorization, method, path, sentPath, template } = arrival;
    if (isPublic(method, path)) return { admitted: true, caller: undefined };
    const mtls = raw && findCaller(raw);
    const identified = await identify({ mtls, authorization }, options.jwt, clock());
    const caller = identified.kind === 'caller' ? identified.caller : undefined;
    const question = { caller, method, path, sentPath, template, service: options.service };
    const refusal = refusalOf(identified, options) ?? (await decide(options.authorize, question));
    if (refusal) return refuse(refusal, question, options);
    if (raw && caller) rememberCaller(raw, caller);
    return { admitted: true, caller };
  };
}

const refusalOf = (identified: Identified, { optional = false }: CallerOptions) =>
  identified.kind === 'refused' || (identified.kind === 'nobody' && !optional)
    ? identified.refusal
    : undefined;

function refuse(refusal: Refusal, question: Question, { onRefused }: CallerOptions): Outcome {
  try {
    onRefused?.(refusal, question);
  } catch {
    // Who is told must not turn a refusal into anything else.
  }
  return { admitted: false, refusal };
}
