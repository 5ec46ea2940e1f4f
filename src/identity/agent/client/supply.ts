import { hash } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import type { GrpcClient } from '../../../base/grpc/index.ts';
import type { Denial, Shown } from '../../authority/index.ts';
import {
  type IdentitySupply,
  type JwtWish,
  matchWorkload,
  type SuppliedJwt,
  type SuppliedX509,
  type SupplyChange,
  type X509Wish,
} from '../../host/index.ts';
import type { Selector } from '../../registration/index.ts';
import { parseSpiffeId, type TrustBundle } from '../../spiffe/index.ts';
import type { Matched, Trust } from '../../workload-api/index.ts';
import { writeCsr } from '../../x509/index.ts';
import { pathOf, readMessage, writeMessage } from '../protocol/index.ts';
import { validate } from './identity.ts';
import type { Known } from './known.ts';

export interface RemoteSupplyParts {
  readonly trustDomain: string;
  readonly known: Known;
  /** The connection to the server, as soon as there is one.
   *  @throws {Fault} that there is none */
  readonly client: () => Promise<GrpcClient>;
  /** SPIFFE ID of this agent; undefined before it has joined. */
  readonly agent: () => string | undefined;
  /** Why nothing is handed out, if so: a sentence. */
  readonly closedFor: () => string | undefined;
  readonly clock: Clock;
}

const TIMEOUT_MS = 10_000;

const nameOf = (der: Buffer): string => hash('sha256', der);

/** What an SVID was signed by, for as long as it may be in use. */
interface Signed {
  readonly anchor: string;
  readonly expiresAt: number;
}

/** Identities as a server far away gives them: entries and trust as it has told them last, SVIDs as it issues them to
 *  this agent. Whether the server is there or not, what was told holds. */
export class RemoteSupply implements IdentitySupply {
  readonly trustDomain: string;
  readonly #parts: RemoteSupplyParts;
  readonly #listeners = new Set<(change: SupplyChange) => void>();
  /** By the ids of entries. */
  readonly #signed = new Map<string, Signed>();

  constructor(parts: RemoteSupplyParts) {
    this.trustDomain = parts.trustDomain;
    this.#parts = parts;
  }

  match(selectors: readonly Selector[], spiffeId?: string): Matched {
    const { known, agent, closedFor, clock } = this.#parts;
    const id = agent();
    const because = closedFor();
    if (because !== undefined) return { kind: 'starting', because };
    if (!known.isThere || id === undefined) {
      return { kind: 'starting', because: 'this agent has not been told of entries yet' };
    }
    return matchWorkload(known.index, {
      workload: { selectors, agent: id },
      spiffeId,
      now: clock(),
      denialOf: this.denialOf,
    });
  }

  asksFor(type: string, key: string): boolean {
    return this.#parts.known.index.asksFor(type, key);
  }

  trustOf(trustDomains: ReadonlySet<string>): Trust {
    const { known } = this.#parts;
    return {
      bundles: [...trustDomains].flatMap((name) => known.bundleOf(name) ?? []),
      crls: known.crls,
    };
  }

  /** The key stays here; what comes back is judged before it is handed out. */
  async issueX509({ entry, key }: X509Wish): Promise<SuppliedX509> {
    const csr = writeCsr({
      privateKey: key.privateKey,
      publicKey: key.publicKey.export({ format: 'der', type: 'spki' }),
      id: parseSpiffeId(entry.spiffeId),
    });
    const request = writeMessage('SignX509Request', { entry_id: entry.id, csr });
    const answer = readMessage('SignX509Response', await this.#ask('SignX509', request));
    const chain = answer.chain.map((der) => Buffer.from(der));
    const { id, leaf, path } = validate(chain, this.#ownBundle(), this.#parts.clock());
    if (id.uri !== entry.spiffeId || !leaf.publicKey.key.equals(key.publicKey)) {
      throw new Fault(
        'identity/server-answer-invalid',
        `The server has issued another SVID than that of ${quote(entry.spiffeId, 200)}`,
      );
    }
    const anchor = path.at(-1);
    const expiresAt = leaf.notAfter;
    if (anchor) this.#remember(entry.id, { anchor: nameOf(anchor.der), expiresAt });
    return { chain, expiresAt };
  }

  async issueJwt({ entry, audience }: JwtWish): Promise<SuppliedJwt> {
    const request = writeMessage('SignJwtRequest', { entry_id: entry.id, audience });
    const answer = readMessage('SignJwtResponse', await this.#ask('SignJwt', request));
    return { token: answer.token, issuedAt: answer.issued_at, expiresAt: answer.expires_at };
  }

  denialOf = (shown: Shown): Denial | undefined => this.#parts.known.denialOf(shown);

  onChange(listener: (change: SupplyChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Passes on what has changed. Where an SVID that may still be in use leads to an authority that is trusted no more,
   *  all are issued anew: a notice of the server may have been missed. */
  changed(changes: readonly SupplyChange[]): void {
    const all = new Set(changes);
    if (all.has('trust') && this.#hasOrphans()) all.add('reissue');
    for (const change of all) for (const listener of this.#listeners) listener(change);
  }

  async #ask(method: 'SignX509' | 'SignJwt', request: Buffer): Promise<Buffer> {
    const client = await this.#parts.client();
    return client.unary(pathOf(method), request, { timeoutMs: TIMEOUT_MS });
  }

  #ownBundle(): TrustBundle {
    const bundle = this.#parts.known.bundleOf(this.trustDomain);
    if (bundle) return bundle;
    throw new Fault('identity/bundle-unavailable', 'The server has not told its trust bundle yet');
  }

  #remember(entryId: string, signed: Signed): void {
    const now = this.#parts.clock();
    for (const [id, { expiresAt }] of this.#signed) if (expiresAt <= now) this.#signed.delete(id);
    this.#signed.set(entryId, signed);
  }

  #hasOrphans(): boolean {
    const { known, clock } = this.#parts;
    const bundle = known.bundleOf(this.trustDomain);
    const anchors = new Set(bundle?.x509Authorities.map(nameOf));
    const isOrphan = ({ anchor, expiresAt }: Signed): boolean =>
      expiresAt > clock() && !anchors.has(anchor);
    const orphans = [...this.#signed].filter(([, signed]) => isOrphan(signed));
    for (const [id] of orphans) this.#signed.delete(id);
    return orphans.length > 0;
  }
}
