import {
  type Certificate,
  type Crl,
  judgeSigner,
  type OpenedCrl,
  openCrl,
  revocationByCrls,
} from '../../../src/identity/x509/verifier.ts';
import { ReeveError } from '../error.ts';

/** Lists come again with every update: they are read once. */
const MAX_READ = 16;
let listsRead: readonly OpenedCrl[] = [];

/** Lists of revoked certificates, of whichever authorities; none of them changes. */
export class Revocation {
  /** What could not be read, and revokes nothing: nobody can say whose it is. */
  readonly flaws: readonly ReeveError[];
  readonly #lists: readonly OpenedCrl[];
  readonly #listOf = new WeakMap<Certificate, Crl | ReeveError | null>();

  constructor(ders: readonly Uint8Array[]) {
    const flaws: ReeveError[] = [];
    this.#lists = ders.flatMap((der) => {
      try {
        const list = openOnce(der);
        noteFlaw(list, flaws);
        return [list];
      } catch (thrown) {
        flaws.push(toError(thrown));
        return [];
      }
    });
    this.flaws = flaws;
  }

  /** What a validation asks of each certificate and its issuer: why it is revoked, if it is.
   *  @throws {ReeveError} what is returned throws `identity/crl-invalid/…` and `identity/der-malformed`
   *  where the list of an issuer is out of date, or cannot be understood: what it covers cannot be known */
  at(now: number): (certificate: Certificate, issuer: Certificate) => string | undefined {
    return (certificate, issuer) => {
      const crl = this.#by(issuer);
      return crl && revocationByCrls({ crls: [crl], now })(certificate, issuer);
    };
  }

  /** When the list of an authority is no longer believed, in milliseconds since 1970. */
  staleAt(issuer: Certificate): number {
    return this.#by(issuer)?.nextUpdate ?? Number.POSITIVE_INFINITY;
  }

  /** The newest list that an authority signed. */
  #by(issuer: Certificate): Crl | undefined {
    if (this.#lists.length === 0) return undefined;
    const known = this.#listOf.get(issuer);
    const list = known === undefined ? newestBy(issuer, this.#lists) : known;
    this.#listOf.set(issuer, list);
    if (list instanceof ReeveError) throw list;
    return list ?? undefined;
  }
}

/** The newest list that an authority signed; why it cannot be understood, where none can be; null where
 *  there is none. */
function newestBy(issuer: Certificate, lists: readonly OpenedCrl[]): Crl | ReeveError | null {
  const flaws: ReeveError[] = [];
  const [newest] = lists
    .filter((list) => isSignedBy(list, issuer) && noteFlaw(list, flaws))
    .map((list) => ({ issuer, ...list.contents() }))
    .sort((a, b) => (a.number < b.number ? 1 : -1));
  return newest ?? flaws[0] ?? null;
}

/** Whether what a list says can be understood. */
function noteFlaw({ contents }: OpenedCrl, flaws: ReeveError[]): boolean {
  try {
    contents();
    return true;
  } catch (thrown) {
    flaws.push(toError(thrown));
    return false;
  }
}

function isSignedBy(list: OpenedCrl, issuer: Certificate): boolean {
  try {
    judgeSigner(list, issuer);
    return true;
  } catch (thrown) {
    toError(thrown);
    return false;
  }
}

/** @throws what is no ReeveError */
function toError(thrown: unknown): ReeveError {
  if (thrown instanceof ReeveError) return thrown;
  throw thrown;
}

function openOnce(bytes: Uint8Array): OpenedCrl {
  const known = listsRead.find(({ der }) => der.equals(bytes));
  if (known) return known;
  const list = openCrl(bytes);
  listsRead = [list, ...listsRead.slice(0, MAX_READ - 1)];
  return list;
}
