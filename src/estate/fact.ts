import { stableId } from '../base/ids.ts';
import type {
  CallObservation,
  CredentialObservation,
  EndpointObservation,
  ServiceObservation,
  WeaknessObservation,
} from './observation.ts';

/** An observation whose subject has been found: what one source says of one entity. A fact is its own
 *  name: equal facts are one fact, whoever brings them and however often. */
export type Fact = ServiceFact | EndpointFact | CallFact | CredentialFact | WeaknessFact;

/** `entity` is the table and `id` the row that the fact speaks of. */
interface About<Entity extends string> {
  readonly entity: Entity;
  readonly id: string;
}

export interface ServiceFact
  extends About<'service'>,
    Omit<ServiceObservation, 'kind' | 'subject' | 'time'> {
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
  /** Its source names no namespace: `default` stands for whichever it is. */
  readonly anywhere?: boolean;
}

export interface EndpointFact
  extends About<'endpoint'>,
    Omit<EndpointObservation, 'kind' | 'subject' | 'time'> {
  /** Service id. */
  readonly service: string;
}

export interface CallFact
  extends About<'call'>,
    Omit<CallObservation, 'kind' | 'time' | 'from' | 'to'> {
  /** Service ids. */
  readonly from: string;
  readonly to: string;
}

export interface CredentialFact
  extends About<'credential'>,
    Omit<CredentialObservation, 'kind' | 'subject' | 'time'> {
  readonly service?: string;
}

export interface WeaknessFact
  extends About<'weakness'>,
    Omit<WeaknessObservation, 'kind' | 'subject' | 'time'> {
  /** Service id, or the environment's name. */
  readonly subject: string;
}

/** A fact with the span of time in which it was seen (RFC 3339). */
export interface StoredFact {
  readonly fact: Fact;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** The fact's name: equal for equal facts, whatever the order of their fields. */
export function factId(fact: Fact): string {
  return nameFact(fact).id;
}

/** The fact's name and its canonical text, made in one go. */
export function nameFact(fact: Fact): { readonly id: string; readonly body: string } {
  const body = canonicalJson(fact);
  return { id: stableId(fact.entity, body), body };
}

/** JSON with sorted keys (RFC 8785 for the values that facts hold: text, integers, booleans). */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // every fact passes here, so its members are neither paired nor filtered into arrays of their own
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}
