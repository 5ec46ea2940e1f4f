import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Agent, Agent as HttpsAgent, type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../../../base/log.ts';
import { openStore } from '../../../../estate/store/index.ts';
import type { SuppliedX509 } from '../../../../identity/host/index.ts';
import type { Entry } from '../../../../identity/registration/index.ts';
import { toPem } from '../../../../identity/x509/index.ts';
import { SecretAccessConfig } from '../../../../secrets/access/index.ts';
import { SecretKeeping } from '../../../../secrets/keeping/index.ts';
import { policyOf, RotationConfig, type ValueBox } from '../../../../secrets/rotation/index.ts';
import { openAuditKey } from '../../../audit/audit.ts';
import { AuditConfig } from '../../../audit/config.ts';
import { IdentityConfig } from '../../../identity/config.ts';
import { openIdentity } from '../../../identity/identity.ts';
import { openAccess } from '../../access.ts';
import type { VerifyKey } from '../answer.ts';
import type { LeasePort } from '../leases.ts';

const BY = { actor: 'ada', reason: 'a test' };
export const ORDERS = 'production/shop/orders';
export const PAYMENTS = 'production/shop/payments';
const NO_CLUSTER = {
  get: () => Promise.reject(new Error('there is no cluster')),
  post: () => Promise.reject(new Error('there is no cluster')),
};

/** What a client shows. */
export interface ClientKey {
  readonly cert: string;
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into what was answered
  readonly body: any;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface WorldOptions {
  readonly values: ValueBox;
  /** Of `secrets.access`. */
  readonly config?: object;
  /** Kept after the end, where it is given. */
  readonly folder?: string;
  readonly leases?: LeasePort;
  /** Absent: there are no API keys. */
  readonly verifyKey?: VerifyKey;
  /** Hears of every answer that is on its way. */
  readonly onAnswer?: (ask: string, status: number) => void;
}

const noKeys: VerifyKey = () => ({ ok: false, why: 'unknown', message: 'There are none' });

/** A server that gives secrets, with an authority, an audit log and a store of its own on the disk. */
export async function startWorld(options: WorldOptions) {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'reeve-access-'));
  const [clock, log] = [Date.now, createLog('silent')];
  const auditKey = openAuditKey(AuditConfig.parse({}), folder, 'example.org', clock);
  const store = await openStore({ kind: 'sqlite', folder }, auditKey.seal);
  const identity = await openIdentity({
    config: IdentityConfig.parse({ trustDomain: 'example.org' }),
    ...{ store, dataFolder: folder, clock, log, clusterApi: () => NO_CLUSTER },
  });
  const keeping = await SecretKeeping.open({
    ...{ store, values: options.values, policy: policyOf(RotationConfig.parse({})), clock },
    ...{ lot: () => 0, fingerprintsOf: () => [], warn: (_, fault) => log.warn(fault) },
  });
  /** By how much the clock of who judges is ahead, in milliseconds. */
  const judge = { ahead: 0 };
  const counts = new Map<string, number>();
  const count = (ask: string, status: number) => {
    const key = `${ask} ${status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    options.onAnswer?.(ask, status);
  };
  const open = (port: number) =>
    openAccess({
      config: SecretAccessConfig.parse({ enabled: true, port, ...options.config }),
      ...{ keeping, identity, log, leases: options.leases, count },
      verifyKey: options.verifyKey ?? noKeys,
      clock: () => Date.now() + judge.ahead,
    });
  const known = [
    { id: ORDERS, declaredSecrets: [{ name: 'db' }, { name: 'api', service: 'payments' }] },
    { id: PAYMENTS, declaredSecrets: [{ name: 'api' }] },
  ];
  const first = await open(0);
  first.setKnown(known);
  const agents: Agent[] = [];
  const world = {
    ...{ folder, store, identity, keeping, access: first, counts, judge, by: BY },

    /** Registers the identity of a service, once. */
    async register(service: string, more: object = {}): Promise<Entry> {
      const name = service.split('/').at(-1) ?? '';
      const spiffeId = `spiffe://example.org/ns/shop/sa/${name}`;
      const known = [...identity.registrar.index.entries()].find((e) => e.spiffeId === spiffeId);
      if (known) return known;
      const given = { spiffeId, owner: 'team-shop', selectors: [`unix:user:${name}`], service };
      const entry = { parent: null, x509TtlSeconds: 3_600, jwtTtlSeconds: 300, dnsNames: [] };
      return identity.registrar.add(
        { ...entry, federatesWith: [], hint: '', expiresAt: null, ...given, ...more },
        BY,
      );
    },

    /** An X.509-SVID of a service, with a key of its own. */
    async svid(
      service: string,
      more: object = {},
    ): Promise<ClientKey & SuppliedX509 & { readonly privateKey: Buffer }> {
      const entry = await world.register(service, more);
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
      const svid = await identity.supply.issueX509For({ entry, by: BY }, spki);
      const privateKey = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
      const [cert, key] = [toPem('CERTIFICATE', ...svid.chain), toPem('PRIVATE KEY', privateKey)];
      return { ...svid, privateKey, cert, key };
    },

    /** An agent that shows a certificate, or none, and keeps its connections. */
    agent(shown?: ClientKey, maxSockets = 4): Agent {
      const ca = toPem('CERTIFICATE', ...identity.keeper.bundle.x509Authorities);
      const agent = new HttpsAgent({ keepAlive: true, maxSockets, ca, ...shown });
      agents.push(agent);
      return agent;
    },

    ask(agent: Agent, path: string, body?: unknown, more: RequestOptions = {}): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const method = body === undefined ? 'GET' : 'POST';
        const { port } = world.access;
        const sent = request(
          { agent, host: 'localhost', port, path, method, ...more },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (chunk) => (text += chunk));
            response.on('error', reject);
            response.on('end', () => {
              const { statusCode: status = 0, headers } = response;
              resolve({ status, headers, body: text === '' ? undefined : JSON.parse(text) });
            });
          },
        );
        sent.on('error', reject);
        sent.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
      });
    },

    /** What listens ends, and listens again at the same port when it is told to. */
    async stop(): Promise<(told?: { readonly isTold: boolean }) => Promise<void>> {
      const { port } = world.access;
      await world.access.close();
      return async ({ isTold } = { isTold: true }) => {
        world.access = await open(port);
        if (isTold) world.tell();
      };
    },

    /** Says what the services declare. */
    tell(): void {
      world.access.setKnown(known);
    },

    /** The newest first. */
    async audited(action: string) {
      return (await store.audit({ limit: 1_000, action })).items;
    },

    async close(): Promise<void> {
      for (const agent of agents) agent.destroy();
      await world.access.close();
      await identity.close();
      await store.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}
export type World = Awaited<ReturnType<typeof startWorld>>;
