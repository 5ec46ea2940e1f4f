import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import http, { type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import type { Server as NetServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { createJwtIssuer } from '../../../../src/identity/jwt/index.ts';
import { parseSpiffeId, toBundleFinder } from '../../../../src/identity/spiffe/index.ts';
import { createMtlsAgent, createMtlsServer, type MtlsAgent } from '../../mtls/index.ts';
import { proveJwt } from '../../source/proved-jwt.ts';
import { MemorySource } from '../../testing/memory-source.ts';
import { listen } from '../../testing/requests.ts';
import { TrustDomain } from '../../testing/trust-domain.ts';
import type { JwtVerifier } from '../options.ts';

const TRUST_DOMAIN = 'example.org';
const KEY_ID = 'of the test';
const pathOf = (name: string): string => `/ns/shop/sa/${name}`;
/** The SPIFFE ID of a workload of the tests. */
export const idOf = (name: string): string => `spiffe://${TRUST_DOMAIN}${pathOf(name)}`;
/** Who is called in all of them. */
export const CALLEE = idOf('orders');

/** Addresses of one application. */
export interface Served {
  /** Over mutual TLS. */
  readonly mtls: string;
  /** In plain text, as behind a proxy that ends TLS. */
  readonly plain: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who calls over mutual TLS, by name. */
  readonly as?: string;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
}

/** A trust domain with real certificates and tokens, servers and callers. */
export class World {
  readonly #domain = new TrustDomain(TRUST_DOMAIN);
  readonly #jwtKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #agents = new Map<string, MtlsAgent>();
  readonly #servers: NetServer[] = [];

  /** A JWT-SVID of a workload, issued some time ago. */
  token(name: string, audience: string, ageMs = 0): string {
    const sign = createJwtIssuer({ keyId: KEY_ID, privateKey: this.#jwtKey.privateKey });
    const wish = { id: parseSpiffeId(idOf(name)), audience: [audience], ttlSeconds: 300 };
    return sign(wish, Date.now() - ageMs).token;
  }

  /** What verifies those tokens. */
  readonly verifier: JwtVerifier = {
    validate: async (token, audience) =>
      proveJwt(token, {
        bundleOf: toBundleFinder([
          {
            trustDomain: TRUST_DOMAIN,
            x509Authorities: [],
            jwtAuthorities: [{ keyId: KEY_ID, publicKey: this.#jwtKey.publicKey }],
          },
        ]),
        audience: [audience].flat(),
        now: Date.now(),
      }),
  };

  /** What a workload is and trusts. */
  source(name: string): MemorySource {
    const svids = [this.#domain.issue(pathOf(name))];
    return new MemorySource({
      svids,
      bundles: new Map([[TRUST_DOMAIN, this.#domain.authorities]]),
    });
  }

  /** The certificates and the key of a workload, as TLS takes them. */
  keys(name: string): { readonly cert: string; readonly key: string } {
    const { chain, privateKey } = this.#domain.issue(pathOf(name));
    const cert = chain.map((der) => new X509Certificate(der).toString()).join('');
    return { cert, key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
  }

  /** A server of mutual TLS, of who is called. */
  mtlsServer(listener?: RequestListener): https.Server {
    return createMtlsServer({ source: this.source('orders') }, listener);
  }

  async serve(listener: RequestListener): Promise<Served> {
    const mtls = await this.listen(this.mtlsServer(listener));
    const plain = await this.listen(http.createServer(listener));
    return { mtls: `https://127.0.0.1:${mtls}`, plain: `http://127.0.0.1:${plain}` };
  }

  /** Gives the port. */
  listen(server: NetServer): Promise<number> {
    this.#servers.push(server);
    return listen(server);
  }

  async call(
    url: string,
    { as = 'web', method = 'GET', headers = {} }: Call = {},
  ): Promise<Answer> {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = url.startsWith('https:')
        ? https.request(url, { method, headers, agent: this.agent(as) }, resolve)
        : http.request(url, { method, headers, agent: false }, resolve);
      request.once('error', reject).end();
    });
    const body = await text(response);
    const isJson = /json/.test(response.headers['content-type'] ?? '');
    const json: unknown = isJson && body !== '' ? JSON.parse(body) : undefined;
    return { status: response.statusCode, headers: response.headers, body, json };
  }

  /** What a workload calls the callee with. */
  agent(name: string): MtlsAgent {
    const known = this.#agents.get(name);
    if (known) return known;
    const agent = createMtlsAgent({ source: this.source(name), accept: CALLEE });
    this.#agents.set(name, agent);
    return agent;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    for (const server of this.#servers) {
      server.close();
      if ('closeAllConnections' in server) (server as Server).closeAllConnections();
    }
  }
}
