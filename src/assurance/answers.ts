import type { Answers, Call, Credential, Endpoint, Service } from '../estate/index.ts';

/** The three questions, as predicates over the estate: which subjects each asks about, and which of
 *  them satisfy it.
 *
 *  1. Is every active endpoint inventoried? Active: all that are shown but dormant ones. Satisfied:
 *     declared.
 *  2. Is every internal call authenticated? Internal: the callee is no external service. Satisfied:
 *     by mTLS or a validated token.
 *  3. Does every credential have a known owner and a rotation path? */
export const QUESTIONS = {
  endpointsInventoried: {
    text: 'Is every active endpoint inventoried?',
    asked: (estate: JudgedParts) =>
      estate.endpoints.filter(
        ({ status, visibility }) => visibility === 'shown' && status !== 'dormant',
      ),
    isSatisfied: ({ status }: Endpoint) => status !== 'shadow',
  },
  callsAuthenticated: {
    text: 'Is every internal call authenticated?',
    asked: ({ calls, services }: JudgedParts) => {
      const external = new Set(
        services.filter(({ kind }) => kind === 'external').map(({ id }) => id),
      );
      return calls.filter(({ to }) => !external.has(to));
    },
    isSatisfied: ({ authentication }: Call) =>
      authentication === 'mtls' || authentication === 'token',
  },
  credentialsGoverned: {
    text: 'Does every credential have a known owner and a rotation path?',
    asked: ({ credentials }: JudgedParts) => credentials,
    isSatisfied: ({ owner, rotation }: Credential) => owner !== null && rotation !== null,
  },
} as const;

export interface JudgedParts {
  readonly services: readonly Service[];
  readonly endpoints: readonly Endpoint[];
  readonly calls: readonly Call[];
  readonly credentials: readonly Credential[];
}

export function answer(estate: JudgedParts): Answers {
  const { endpointsInventoried, callsAuthenticated, credentialsGoverned } = QUESTIONS;
  return {
    endpointsInventoried: count(
      endpointsInventoried.asked(estate),
      endpointsInventoried.isSatisfied,
    ),
    callsAuthenticated: count(callsAuthenticated.asked(estate), callsAuthenticated.isSatisfied),
    credentialsGoverned: count(credentialsGoverned.asked(estate), credentialsGoverned.isSatisfied),
  };
}

function count<Subject>(asked: readonly Subject[], isSatisfied: (subject: Subject) => boolean) {
  return { total: asked.length, satisfied: asked.filter(isSatisfied).length };
}
