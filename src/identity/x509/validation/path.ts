import { Fault } from '../../../base/fault.ts';
import { type Certificate, isSignedBy } from '../certificate.ts';
import { isSameName } from '../name.ts';
import type { Step } from './authority-rules.ts';
import { refuseCertificate } from './refusal.ts';

/** Bound on signatures that are verified for one chain: certificates with the same names could
 *  otherwise ask for any number. */
export const MAX_VERIFICATIONS = 32;

/** What a path may be built from. */
export interface PathParts {
  /** Those that came with the leaf, and others that are known. */
  readonly intermediates: readonly Step[];
  /** Those of the trust bundle: a path ends at the first. */
  readonly anchors: readonly Step[];
  /** What to call the bundle in faults. */
  readonly bundle: string;
  /** Judges an authority that did sign, with so many authorities below it; throws a fault. */
  readonly judge: (authority: Step, below: number) => void;
}

/** Finds the way from a leaf to an authority of the bundle: the leaf first, the anchor last. Where
 *  there is none, the fault tells of the attempt that came farthest.
 *  @throws {Fault} `identity/certificate-invalid/…`
 *  @see RFC 5280 §6.1 */
export function findPath(leaf: Step, parts: PathParts): readonly Step[] {
  const search = new PathSearch(parts);
  const path = search.extend([leaf]);
  if (path) return path;
  throw search.fault;
}

class PathSearch {
  readonly #parts: PathParts;
  #verifications = 0;
  #best: { readonly rank: number; readonly fault: Fault } | undefined;

  constructor(parts: PathParts) {
    this.#parts = parts;
  }

  get fault(): Fault {
    // Every search that fails has noted why.
    return this.#best?.fault ?? refuseCertificate('no-authority', 'the leaf', 'has no authority');
  }

  extend(path: readonly Step[]): readonly Step[] | undefined {
    const last = path[path.length - 1];
    if (last === undefined) return undefined;
    const { anchors, intermediates, bundle } = this.#parts;
    for (const candidate of anchors) {
      if (this.#isIssuer(last, candidate, path)) return [...path, candidate];
    }
    for (const candidate of intermediates) {
      if (path.includes(candidate) || !this.#isIssuer(last, candidate, path)) continue;
      const longer = this.extend([...path, candidate]);
      if (longer) return longer;
    }
    const hint = 'send every intermediate certificate with the leaf, and compare the trust bundles';
    const why = `is signed by no authority of ${bundle}, nor by a certificate sent with it`;
    this.#note(path.length * 3, refuseCertificate('no-authority', last.whose, why, hint));
    return undefined;
  }

  #isIssuer(last: Step, candidate: Step, path: readonly Step[]): boolean {
    if (!isSameName(last.certificate.issuer, candidate.certificate.subject)) return false;
    const rank = path.length * 3;
    if (!hasKeyOf(last.certificate, candidate.certificate)) {
      const why = `names another key than that of ${candidate.whose}, which has the name of its issuer`;
      this.#note(rank + 1, refuseCertificate('other-key', last.whose, why));
      return false;
    }
    if (++this.#verifications > MAX_VERIFICATIONS) {
      const why = `would need more than ${MAX_VERIFICATIONS} signatures to be verified`;
      this.#note(Number.MAX_SAFE_INTEGER, refuseCertificate('too-many-paths', 'the chain', why));
      return false;
    }
    if (!isSignedBy(last.certificate, candidate.certificate)) {
      const why = `has a signature that is not by ${candidate.whose}`;
      this.#note(rank + 1, refuseCertificate('signature', last.whose, why));
      return false;
    }
    return this.#passes(candidate, path, rank + 2);
  }

  #passes(candidate: Step, path: readonly Step[], rank: number): boolean {
    // Certificates that an authority issues to itself, for a new key, do not count.
    const below = path.slice(1).filter(({ certificate }) => !isSelfIssued(certificate)).length;
    try {
      this.#parts.judge(candidate, below);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      this.#note(rank, thrown);
      return false;
    }
  }

  #note(rank: number, fault: Fault): void {
    if (rank > (this.#best?.rank ?? -1)) this.#best = { rank, fault };
  }
}

const isSelfIssued = ({ issuer, subject }: Certificate): boolean => isSameName(issuer, subject);

/** Whether the key that a certificate says signed it may be the candidate's: where both say which. */
function hasKeyOf(certificate: Certificate, candidate: Certificate): boolean {
  const { authorityKeyId } = certificate.extensions;
  const { subjectKeyId } = candidate.extensions;
  return !authorityKeyId || !subjectKeyId || authorityKeyId.equals(subjectKeyId);
}
