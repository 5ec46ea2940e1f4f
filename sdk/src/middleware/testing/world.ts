import { generateKeyPairSync, type KeyObject, randomFillSync } from 'node:crypto';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { createJwtIssuer } from '../../../../src/identity/jwt/index.ts';
import { parseSpiffeId } from '../../../../src/identity/spiffe/index.ts';
import {
  type Authority,
  authorityOf,
  createSvidIssuer,
  issueAuthority,
  serialNumbers,
  signerOf,
  uniqueSubject,
} from '../../../../src/identity/x509/index.ts';
import { rememberSocketCaller } from '../../caller.ts';
import { validateJwt } from '../../jwt/index.ts';
import { X509Trust } from '../../x509/index.ts';
import type { JwtVerifier } from '../options.ts';

export const TRUST_DOMAIN = 'example.org';
/** The SPIFFE ID of a workload of the tests. */
export const idOf = (name: string): string => `spiffe://${TRUST_DOMAIN}/ns/shop/sa/${name}`;

const HOUR_MS = 3_600_000;
const KEY_ID = 'of the test';

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const toPem = (der: Buffer): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
};

export interface Svid {
  readonly cert: string;
  readonly key: string;
  readonly der: Buffer;
}

export interface Call {
  /** Who calls, by name; nobody without it. */
  readonly as?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** The body as JSON. */
  readonly json: unknown;
}

/** A trust domain with real certificates and tokens, and servers that ask for them. */
export class World {
  readonly #root: Authority = newRoot();
  readonly #jwtKey = newKey();
  readonly #svids = new Map<string, Svid>();
  readonly #servers: Server[] = [];
  readonly trust = new X509Trust({
    bundles: new Map([[TRUST_DOMAIN, [this.#root.certificate.der]]]),
  });
  readonly rootPem = toPem(this.#root.certificate.der);

  /** The X.509-SVID of a workload, by its name. */
  svid(name: string): Svid {
    const known = this.#svids.get(name);
    if (known) return known;
    const { publicKey, privateKey } = newKey();
    const { certificate } = createSvidIssuer(this.#root, randomFillSync)(
      { id: parseSpiffeId(idOf(name)), publicKey: spkiOf(publicKey), ttlSeconds: 3_600 },
      Date.now(),
    );
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const svid = { cert: toPem(certificate), key, der: certificate };
    this.#svids.set(name, svid);
    return svid;
  }

  /** A JWT-SVID of a workload, issued some time ago. */
  token(name: string, audience: string, ageMs = 0): string {
    const sign = createJwtIssuer({ keyId: KEY_ID, privateKey: this.#jwtKey.privateKey });
    const wish = { id: parseSpiffeId(idOf(name)), audience: [audience], ttlSeconds: 300 };
    return sign(wish, Date.now() - ageMs).token;
  }

  /** What verifies those tokens. */
  readonly verifier: JwtVerifier = {
    validate: async (token, audience) =>
      validateJwt(token, {
        bundleOf: (trustDomain) =>
          trustDomain === TRUST_DOMAIN ? new Map([[KEY_ID, this.#jwtKey.publicKey]]) : undefined,
        audience: [audience].flat(),
        now: Date.now(),
      }),
  };

  /** Serves over TLS, with certificates of clients asked for. Gives the address. */
  async serve(listener: RequestListener | https.Server): Promise<string> {
    const server = typeof listener === 'function' ? this.tlsServer(listener) : listener;
    return `https://${await this.#listen(server)}`;
  }

  /** Serves in plain text, as behind a proxy that ends TLS. Gives the address. */
  async servePlain(listener: RequestListener): Promise<string> {
    return `http://${await this.#listen(http.createServer(listener))}`;
  }

  /** A server that asks for the certificates of clients, and lets those in who have none. */
  tlsServer(listener?: RequestListener): https.Server {
    const { cert, key } = this.svid('orders');
    const options = { cert, key, requestCert: true, rejectUnauthorized: false };
    const server = https.createServer(options, listener);
    server.on('secureConnection', (socket) => this.#prove(socket));
    return server;
  }

  async call(url: string, { as, method = 'GET', headers = {} }: Call = {}): Promise<Answer> {
    const svid = as === undefined ? {} : this.svid(as);
    const tls = { ...svid, ca: this.rootPem, checkServerIdentity: () => undefined };
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const options = { ...tls, method, headers, agent: false };
      const { request } = url.startsWith('https:') ? https : http;
      request(url, options, resolve).once('error', reject).end();
    });
    const body = await text(response);
    const isJson = /json/.test(response.headers['content-type'] ?? '');
    const json: unknown = isJson && body !== '' ? JSON.parse(body) : undefined;
    return { status: response.statusCode, headers: response.headers, body, json };
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
      if (server instanceof http.Server || server instanceof https.Server) {
        server.closeAllConnections();
      }
    }
  }

  async #listen(server: Server): Promise<string> {
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  #prove(socket: TLSSocket): void {
    const leaf = socket.getPeerCertificate().raw;
    if (leaf === undefined) return;
    const { id, expiresAt } = this.trust.prove([leaf], Date.now());
    rememberSocketCaller(socket, { ...id, proof: 'mtls', expiresAt: new Date(expiresAt) });
  }
}

const spkiOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

function newRoot(): Authority {
  const { publicKey, privateKey } = newKey();
  const serialNumber = serialNumbers(randomFillSync)();
  const request = {
    publicKey: spkiOf(publicKey),
    id: parseSpiffeId(`spiffe://${TRUST_DOMAIN}`),
    subject: uniqueSubject(TRUST_DOMAIN, serialNumber),
    serialNumber,
    notBefore: Date.now() - HOUR_MS,
    notAfter: Date.now() + 24 * HOUR_MS,
  };
  return authorityOf(issueAuthority(request, signerOf(privateKey)), privateKey);
}
