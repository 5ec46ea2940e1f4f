import { Fault, type FaultDetails } from '../../base/fault.ts';
import { type Selector, toSelector } from '../registration/index.ts';

/** What evidence has shown: selectors, and what they were made of. */
export interface Attested<Facts = unknown> {
  readonly kind: 'attested';
  /** Sorted, each once. */
  readonly selectors: readonly Selector[];
  /** What could not be told, a sentence each: `unix:path is left out: …`. */
  readonly notes: readonly string[];
  readonly facts: Facts;
}

/** Evidence that shows nothing. A refusal is a value: it is told to whoever asked, and audited. */
export interface Refused {
  readonly kind: 'refused';
  /** `identity/attestation-forbidden/REASON`, or `identity/attestation-unavailable/REASON` where trying
   *  again may help. */
  readonly code: string;
  /** A sentence, and what to do where something can be done. */
  readonly because: string;
}

export type Attestation<Facts = unknown> = Attested<Facts> | Refused;

/** One selector to be, `[type, key, value]`. */
export type Claim = readonly [type: string, key: string, value: string | number];

/** Makes selectors of claims. One whose value no selector can hold is left out, with a note. */
export function attested<Facts>(
  facts: Facts,
  claims: readonly Claim[],
  notes: readonly string[] = [],
): Attested<Facts> {
  const selectors = new Set<Selector>();
  const unfit = new Set<string>();
  for (const [type, key, value] of claims) {
    const selector = toSelector(type, key, value);
    if (selector === undefined)
      unfit.add(`${type}:${key} is left out: no selector holds its value`);
    else selectors.add(selector);
  }
  return {
    kind: 'attested',
    selectors: [...selectors].sort(),
    notes: [...notes, ...unfit],
    facts,
  };
}

/** Evidence shows that no identity is due. */
export function forbidden(reason: string, because: string, details?: FaultDetails): Fault {
  return new Fault(`identity/attestation-forbidden/${reason}`, because, details);
}

/** Nothing can be said now. */
export function unavailable(reason: string, because: string, details?: FaultDetails): Fault {
  return new Fault(`identity/attestation-unavailable/${reason}`, because, details);
}

/** A refusal, of what an attestor threw.
 *  @throws whatever is no refusal */
export function toRefused(thrown: unknown): Refused {
  if (!(thrown instanceof Fault) || !thrown.code.startsWith('identity/attestation-')) throw thrown;
  const because = thrown.hint === undefined ? thrown.message : `${thrown.message}: ${thrown.hint}`;
  return { kind: 'refused', code: thrown.code, because };
}
