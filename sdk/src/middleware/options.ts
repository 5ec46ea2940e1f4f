import type { Authorize, Question } from '../authorization/index.ts';
import { quote, ReeveError } from '../error.ts';
import type { Refusal } from './refusal.ts';

/** What verifies JWT-SVIDs: a `JwtSource` does. It rejects with a `ReeveError` of a code
 *  `identity/jwt-invalid/…` where the token is not to be believed, and with anything else where it cannot
 *  tell. */
export interface JwtVerifier {
  validate(
    token: string,
    audience: string | readonly string[],
    signal?: AbortSignal,
  ): Promise<{ readonly spiffeId: string; readonly expiresAt: Date }>;
}

export interface JwtSignIn {
  readonly source: JwtVerifier;
  /** What tokens must be for: the SPIFFE ID of this service, as a rule. Of several, one will do. */
  readonly audience: string | readonly string[];
}

/** What every framework's middleware takes. */
export interface CallerOptions {
  /** Lets those in who prove nothing; they have no caller. Whoever proves badly is refused all the
   *  same. */
  readonly optional?: boolean;
  /** Paths that need no caller, as `/healthz`: exactly these, for `GET` and `HEAD`, or for the method
   *  in front (`POST /hooks/deploy`). Nobody is asked who they are there. */
  readonly public?: readonly string[];
  /** Takes JWT-SVIDs from `Authorization: Bearer …` too, for callers behind proxies that end TLS. */
  readonly jwt?: JwtSignIn;
  /** Decides what callers may do: `allowOnly`, `askOpa`, or a function of one's own. Without it every
   *  verified caller may do everything. */
  readonly authorize?: Authorize;
  /** Told to `authorize`: who is called. */
  readonly service?: string;
  /** Hears of every refusal, with the cause that callers are not told. */
  readonly onRefused?: (refusal: Refusal, question: Question) => void;
}

const NAMES: Readonly<Record<keyof CallerOptions, true>> = {
  optional: true,
  public: true,
  jwt: true,
  authorize: true,
  service: true,
  onRefused: true,
};

/** The options of ours among others, as frameworks mix their own in. */
export function ownOptions(options: CallerOptions): CallerOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(NAMES, name)));
}

/** Checks options before anything is let in. Programs without types pass anything, and a word that is
 *  misspelt must not open a door.
 *  @throws {ReeveError} `middleware/options-invalid` */
export function judgeOptions(options: CallerOptions): void {
  const odd = Object.keys(options).find((name) => !Object.hasOwn(NAMES, name));
  if (odd !== undefined) {
    throw invalid(`${quote(odd)} is no option`, `there are ${Object.keys(NAMES).join(', ')}`);
  }
  const { jwt, authorize } = options;
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw invalid(
      '`authorize` is not a function',
      'pass allowOnly({…}), askOpa({…}) or a function',
    );
  }
  if (jwt === undefined) return;
  if (typeof jwt.source?.validate !== 'function') {
    throw invalid('`jwt.source` cannot validate tokens', 'pass a JwtSource');
  }
  const audiences = [jwt.audience].flat();
  if (audiences.length === 0 || !audiences.every((one) => typeof one === 'string' && one !== '')) {
    throw invalid('`jwt.audience` names nobody', 'pass the SPIFFE ID of this service');
  }
}

const invalid = (why: string, hint: string) =>
  new ReeveError('middleware/options-invalid', `callers cannot be asked for like this: ${why}`, {
    hint,
  });
