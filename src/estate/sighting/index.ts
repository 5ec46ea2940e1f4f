import type { Protocol } from '../model.ts';
import type { Subject } from '../observation.ts';
import type { PayloadSamples } from './samples.ts';

/** Sightings, and what makes them. A door of its own, without the schemas of the model: threads and
 *  commands that only count traffic load as little as can be. */
export { PROTOCOLS } from '../protocols.ts';
export {
  addSamples,
  type JudgePayload,
  judgeExchange,
  PAYLOAD_PARTS,
  type PayloadPart,
  type PayloadSample,
  type PayloadSamples,
  type SampleCount,
} from './samples.ts';

/** Who takes part in traffic, as the reporter of the traffic names it. Reporters hand out one object
 *  for each party that they see, so that a flood of requests costs no flood of objects. */
export interface Party {
  /** Equal for equal subjects: `partyKey`. */
  readonly key: string;
  readonly subject: Extract<Subject, { by: 'name' | 'address' | 'identity' }>;
}

export function partyKey(subject: Party['subject']): string {
  switch (subject.by) {
    case 'name':
      return `name ${subject.environment ?? ''}/${subject.namespace ?? ''}/${subject.name}`;
    case 'address':
      return `address ${subject.namespace ?? ''}/${subject.host}:${subject.port ?? ''}`;
    case 'identity':
      return `identity ${subject.identity}`;
  }
}

export function toParty(subject: Party['subject']): Party {
  return { key: partyKey(subject), subject };
}

/** With what a request was seen to authenticate. That a credential was sent does not mean that anybody
 *  looked at it: only `mtls`, reported by the side that enforces it, proves who called. */
export const CREDENTIALS_SEEN = ['mtls', 'token', 'basic', 'api-key', 'cookie', 'none'] as const;
export type CredentialSeen = (typeof CREDENTIALS_SEEN)[number];

/** What a source saw of equal requests or messages: who was asked, for what, and how it ended. */
export interface Sighting {
  readonly service: Party;
  readonly protocol: Protocol;
  /** As in `Endpoint`. */
  readonly method: string;
  /** HTTP: the path as sent, encoded, without query and fragment. Other protocols: as in
   *  `Endpoint.template`. */
  readonly path: string;
  /** The template that instrumentation or a gateway names, with parameters as `{name}`. */
  readonly route?: string;
  /** HTTP status; gRPC codes as the status that google.rpc.Code gives them; 0 where not told. */
  readonly status: number;
  /** How many requests this stands for. */
  readonly count: number;
  /** Milliseconds since 1970 of the first and the last of them, on a clock that is believed: see
   *  `believedTime`. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Who asked, where the source knows. */
  readonly caller?: Party;
  /** The caller was proved by the party that reports. */
  readonly isCallerProved?: boolean;
  /** Absent where the source does not see credentials. */
  readonly credential?: CredentialSeen;
  /** Names of query parameters, at most 32. */
  readonly parameters?: readonly string[];
  /** The platform asked: a health check, a scrape. */
  readonly isOperational?: boolean;
  /** What samples of the payloads held; the values are gone. Absent where none was judged. */
  readonly samples?: PayloadSamples;
}

/** That one party asked another, learnt apart from the request itself: the two spans of a call come
 *  at different times, or only the caller's comes. Counts no request. */
export interface CallSighting {
  readonly caller: Party;
  readonly service: Party;
  /** Absent where only the target is known. */
  readonly operation?: Pick<Sighting, 'protocol' | 'method' | 'path' | 'route'>;
  readonly at: number;
  /** How often it was seen. */
  readonly count: number;
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** The time that a source gives, unless its clock cannot be right: more than a day ahead of the
 *  receiver's, or more than a year behind it. Then the receiver's. */
export function believedTime(time: number, now: number): number {
  return time <= now + DAY_MS && time >= now - YEAR_MS ? Math.min(time, now) : now;
}

/** What became of what came in, by source and reason; the reasons are a closed set a source. */
export interface IntakeCount {
  /** `otlp-http`, `otlp-grpc`, `envoy-als`, `kong`, `access-log` … */
  readonly source: string;
  readonly outcome: 'taken' | 'dropped' | 'refused';
  /** `` for what was taken; else a few words. */
  readonly reason: string;
  readonly count: number;
  /** RFC 3339. */
  readonly lastAt: string;
}
