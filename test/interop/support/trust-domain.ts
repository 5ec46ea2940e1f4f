import { generateKeyPairSync, randomFillSync, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AttestationConfig,
  createWorkloadAttestor,
  machinePorts,
  openPeerReader,
} from '../../../src/identity/attestation/index.ts';
import {
  type AuthorityKeeper,
  certifierOf,
  type DiskConfig,
  post,
} from '../../../src/identity/authority/index.ts';
import { KeeperRig } from '../../../src/identity/authority/testing/keeper.ts';
import {
  AuthoritySupply,
  IdentityHost,
  type IdentitySupply,
  type SupplyChange,
} from '../../../src/identity/host/index.ts';
import { EntryIndex, type EntryInput } from '../../../src/identity/registration/index.ts';
import { entryWith } from '../../../src/identity/registration/testing/entries.ts';
import {
  type DiscoverySource,
  SdsConfig,
  type SdsEvent,
  secretDiscovery,
} from '../../../src/identity/sds/index.ts';
import { parseSpiffeId, type TrustBundle } from '../../../src/identity/spiffe/index.ts';
import { WorkloadApiConfig, type WorkloadCall } from '../../../src/identity/workload-api/index.ts';
import { toPem } from '../../../src/identity/x509/index.ts';
import { testAuthority } from '../../../src/identity/x509/testing/authority.ts';
import { ecKey } from '../../../src/identity/x509/testing/keys.ts';

/** A certificate with its chain and its key, in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface TrustDomainOptions {
  /** Its authorities are below a root of another's. */
  readonly hasUpstream?: boolean;
  /** What Envoys are told beside secrets. */
  readonly sources?: readonly DiscoverySource[];
}

const BY = { actor: 'a test', reason: 'a test' };

/** A whole trust domain on this machine: its authority, its registrations, and a socket with the Workload API and
 *  Envoy's secret discovery. Processes are attested for real. */
export class TrustDomain {
  readonly name: string;
  readonly keeper: AuthorityKeeper;
  readonly calls: WorkloadCall[] = [];
  /** What was logged of Envoys. */
  readonly log: { readonly fields: object; readonly message: string }[] = [];
  readonly counts = new Map<SdsEvent, number>();
  readonly #entries = new EntryIndex();
  readonly #entryListeners = new Set<() => void>();
  readonly #federated: TrustBundle[] = [];
  readonly #federationListeners = new Set<() => void>();
  readonly #supply: AuthoritySupply;
  readonly #steady: { now: number };
  readonly #listeners = new Set<(change: SupplyChange) => void>();
  #host: IdentityHost | undefined;

  private constructor(name: string, keeper: AuthorityKeeper, steady: { now: number }) {
    this.name = name;
    this.keeper = keeper;
    this.#steady = steady;
    this.#supply = new AuthoritySupply({
      keeper,
      clock: Date.now,
      entries: { index: this.#entries, onChange: subscribe(this.#entryListeners) },
      federation: {
        bundles: () => this.#federated,
        onChange: subscribe(this.#federationListeners),
      },
    });
  }

  /** Begins to serve in a folder. */
  static async start(
    name: string,
    folder: string,
    { hasUpstream = false, sources = [] }: TrustDomainOptions = {},
  ): Promise<TrustDomain> {
    const steady = { now: 0 };
    const upstream = hasUpstream ? upstreamIn(folder, name) : ({ kind: 'none' } as const);
    const keeper = await new KeeperRig().open({
      certify: certifierOf(upstream, post, randomFillSync),
      trustDomain: name,
      clock: Date.now,
      steadyClock: () => steady.now,
    });
    const domain = new TrustDomain(name, keeper, steady);
    await domain.#serve(join(folder, `${name}.sock`), sources);
    return domain;
  }

  /** The Unix socket. */
  get socket(): string {
    return this.#host?.address.slice('unix://'.length) ?? '';
  }

  /** The SPIFFE ID of a service. */
  id(service: string): string {
    return `spiffe://${this.name}/ns/shop/sa/${service}`;
  }

  /** Registers who runs a program as a service. */
  register(service: string, program: string, said: Partial<EntryInput> = {}): void {
    const selectors = [`unix:path:${program}`, `unix:uid:${process.getuid?.()}`];
    const entry = entryWith(
      { spiffeId: this.id(service), selectors, ...said },
      { trustDomain: this.name, now: Date.now() },
    );
    this.#entries.set(entry);
    for (const listener of this.#entryListeners) listener();
  }

  /** Trusts another trust domain from now on. */
  federate({ keeper }: TrustDomain): void {
    this.#federated.push(keeper.bundle);
    for (const listener of this.#federationListeners) listener();
  }

  /** Trusts no other trust domain any more. */
  endFederation(): void {
    this.#federated.length = 0;
    for (const listener of this.#federationListeners) listener();
  }

  /** Issues everything anew. */
  reissue(): void {
    for (const listener of this.#listeners) listener('reissue');
  }

  /** Makes another root, and has it sign as soon as `known` resolves, as if everybody had had the time to hear. */
  async rotateRoot(known: () => Promise<void>): Promise<void> {
    const before = this.keeper.bundle.x509Authorities.length;
    await this.keeper.rotate('x509', BY);
    await this.keeper.settled();
    while (this.keeper.bundle.x509Authorities.length === before) await this.keeper.tick();
    await known();
    this.#steady.now += 3_600_000;
    await this.keeper.tick();
  }

  /** The root that signs now. */
  get newestRoot(): X509Certificate {
    return new X509Certificate(this.keeper.bundle.x509Authorities.at(-1) ?? '');
  }

  /** Revokes a service's identity for good. */
  revoke(service: string): Promise<void> {
    const identity = {
      spiffeId: this.id(service),
      mayReturn: false,
      why: 'keyCompromise',
    } as const;
    return this.keeper.revoke([identity], BY);
  }

  /** An SVID with its key, in PEM, for a client that is no workload of this machine. */
  async issue(service: string): Promise<Issued> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const answer = this.keeper.issueX509({
      id: parseSpiffeId(this.id(service)),
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      service: '',
      by: BY,
    });
    await this.keeper.record([answer]);
    if (answer.outcome === 'refused') throw answer.fault;
    return {
      cert: toPem('CERTIFICATE', ...answer.svid.chain),
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    };
  }

  async close(): Promise<void> {
    await this.#host?.close(0);
    this.#supply.close();
    await this.keeper.close();
  }

  async #serve(socket: string, sources: readonly DiscoverySource[]): Promise<void> {
    const config = AttestationConfig.parse({});
    const attestor = createWorkloadAttestor(machinePorts(config), config);
    this.#host = await IdentityHost.start({
      supply: this.#supplied(),
      peers: await openPeerReader(),
      attest: (peer) => attestor.attest(peer),
      socket,
      config: WorkloadApiConfig.parse({}),
      more: (ports) =>
        secretDiscovery(ports, {
          config: SdsConfig.parse({}),
          log: { warn: (fields, message) => this.log.push({ fields, message }) },
          count: (event) => this.counts.set(event, (this.counts.get(event) ?? 0) + 1),
          sources,
        }),
      clock: Date.now,
      onCall: (call) => this.calls.push(call),
      onFailure: (entry, thrown) => console.error(entry.spiffeId, thrown),
    });
  }

  /** The supply, with what a test says beside it. */
  #supplied(): IdentitySupply {
    const supply = this.#supply;
    return {
      trustDomain: supply.trustDomain,
      match: (selectors) => supply.match(selectors),
      asksFor: (type, key) => supply.asksFor(type, key),
      trustOf: (trustDomains) => supply.trustOf(trustDomains),
      issueX509: (wish) => supply.issueX509(wish),
      issueJwt: (wish) => supply.issueJwt(wish),
      denialOf: supply.denialOf,
      onChange: (listener) => {
        this.#listeners.add(listener);
        return supply.onChange(listener);
      },
    };
  }
}

/** A root of its own in files, below which the authorities of a trust domain are. */
function upstreamIn(folder: string, trustDomain: string): DiskConfig {
  const key = ecKey();
  const times = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + 30 * 86_400_000 };
  const { certificate } = testAuthority(trustDomain, { ...times, key });
  const certificateFile = join(folder, 'upstream.pem');
  const keyFile = join(folder, 'upstream-key.pem');
  writeFileSync(certificateFile, toPem('CERTIFICATE', certificate.der));
  writeFileSync(keyFile, key.privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  return { kind: 'disk', certificateFile, keyFile };
}

function subscribe(listeners: Set<() => void>): (listener: () => void) => () => void {
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}
