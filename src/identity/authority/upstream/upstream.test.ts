import { spawnSync } from 'node:child_process';
import { randomBytes, randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageOf } from '../../../base/fault.ts';
import { spiffeIdOf } from '../../spiffe/index.ts';
import { readCertificate } from '../../x509/index.ts';
import { AuthorityConfig, UpstreamConfig } from '../config.ts';
import { makeKey } from '../keys/index.ts';
import {
  type CertificateWanted,
  type Certify,
  certifierOf,
  endOf,
  judgeCertified,
  post,
} from './index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const folder = mkdtempSync(join(tmpdir(), 'reeve-upstream-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), 'utf8');
function write(name: string, text: string): string {
  writeFileSync(path(name), text);
  return path(name);
}

function openssl(...words: string[]): string {
  const run = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

const CA = 'basicConstraints=critical,CA:true';
const USAGE = 'keyUsage=critical,keyCertSign,cRLSign';
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A root with files `NAME.pem` and `NAME.key`. */
function makeRoot(name: string, extensions = [CA, USAGE], days = 30): void {
  const added = extensions.flatMap((one) => ['-addext', one]);
  const subject = ['-subj', `/O=Example/CN=${name}`];
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
  // what is not said here must not be said by the machine's own configuration
  const config = write('empty.cnf', '[req]\ndistinguished_name=dn\n[dn]\n');
  openssl(
    'req',
    '-x509',
    '-config',
    config,
    ...EC,
    ...subject,
    ...files,
    '-days',
    `${days}`,
    ...added,
  );
}

/** An authority that a root signed. */
function makeIntermediate(name: string, by: string, extensions = [CA, USAGE]): void {
  openssl(
    'req',
    '-new',
    ...EC,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  sign(`${name}.csr`, by, `${name}.pem`, extensions);
}

function sign(csr: string, by: string, out: string, extensions: readonly string[], days = 2): void {
  const file = write(`${out}.ext`, extensions.join('\n'));
  const issuer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-extfile', file, '-days', `${days}`];
  openssl('x509', '-req', '-in', csr, '-copy_extensions', 'copy', ...issuer, '-out', out);
}

const now = Date.now();
let wanted: CertificateWanted;
beforeAll(async () => {
  const key = await makeKey('x509', AuthorityConfig.parse({}));
  const times = { now, notBefore: now - 120_000, notAfter: now + DAY };
  wanted = { id: spiffeIdOf('example.org'), ...key, ...times };
  makeRoot('root');
  makeIntermediate('between', 'root');
});

const certifier = (config: unknown): Certify =>
  certifierOf(UpstreamConfig.parse(config), post, randomFillSync);
const judge = async (certify: Certify, asked = wanted) => {
  const certified = await certify(asked);
  return { certified, certificate: judgeCertified(asked, certified, randomFillSync) };
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (thrown: { code?: string }) => thrown.code ?? String(thrown),
  );

describe('an authority that signs itself', () => {
  it('is a root of its own, with a subject that no other has, and begins before its time', async () => {
    const certify = certifier({ kind: 'none' });
    const { certified, certificate } = await judge(certify);
    expect(certified).toMatchObject({ chain: [], anchors: [certified.certificate] });
    expect(certificate.notAfter).toBe(Math.floor(wanted.notAfter / 1_000) * 1_000);
    expect(certificate.extensions.names?.uris).toEqual(['spiffe://example.org']);
    const { certificate: other } = await judge(certify);
    expect(other.subject.equals(certificate.subject)).toBe(false);
    expect(other.serialNumber).not.toBe(certificate.serialNumber);
  });
});

describe('an authority on disk', () => {
  const disk = (name: string, more: object = {}) => ({
    kind: 'disk',
    certificateFile: path(`${name}.pem`),
    keyFile: path(`${name}.key`),
    ...more,
  });

  it('that is a root signs, and is the anchor', async () => {
    const { certified, certificate } = await judge(certifier(disk('root')));
    expect(certified.chain).toEqual([certified.certificate]);
    expect(certified.anchors).toHaveLength(1);
    expect(certificate.issuer.equals(readCertificate(certified.anchors[0]!).subject)).toBe(true);
    write('ours.der', '');
    writeFileSync(path('ours.der'), certified.certificate);
    const text = openssl('x509', '-inform', 'DER', '-in', 'ours.der', '-noout', '-text');
    expect(text).toContain('CA:TRUE, pathlen:0');
    expect(openssl('x509', '-inform', 'DER', '-in', 'ours.der', '-out', 'ours.pem')).toBe('');
    expect(openssl('verify', '-x509_strict', '-CAfile', 'root.pem', 'ours.pem')).toContain('OK');
  });

  it.each([
    ['in the chain', ['between.pem', 'root.pem'], undefined],
    ['in a file of its own', ['between.pem'], 'root.pem'],
  ])('whose root is %s is sent along', async (_, files, roots) => {
    const certificateFile = write('chain.pem', files.map(read).join('some text\n'));
    const rootsFile = roots && { rootsFile: path(roots) };
    const { certified } = await judge(
      certifier(disk('between', { certificateFile, ...rootsFile })),
    );
    expect(certified.chain).toHaveLength(2);
    expect(certified.anchors).toHaveLength(1);
  });

  it('may have a clock that is a minute ahead, and no more', async () => {
    const certify = certifier({ kind: 'none' });
    const ahead = (milliseconds: number) => async (asked: CertificateWanted) =>
      certify({ ...asked, notBefore: now + milliseconds });
    expect(await codeOf(judge(ahead(60_000)))).toBe('none');
    expect(await codeOf(judge(ahead(62_000)))).toBe('identity/upstream-unsuitable');
  });

  it('that gives less than half of what was asked for is refused', async () => {
    const certify = certifier({ kind: 'none' });
    const part = (milliseconds: number) => async (asked: CertificateWanted) =>
      certify({ ...asked, notAfter: now + milliseconds });
    expect(await codeOf(judge(part(12 * HOUR + 1_000)))).toBe('none');
    expect(await codeOf(judge(part(12 * HOUR - 1_000)))).toBe('identity/upstream-expiring');
  });

  it('signs for as long as it is valid itself, and not where that is too short', async () => {
    makeRoot('short', [CA, USAGE], 1);
    const longer = { ...wanted, notAfter: now + 2 * DAY - HOUR };
    const { certified } = await judge(certifier(disk('short')), longer);
    expect(endOf(certified)).toBeLessThanOrEqual(now + DAY + 60_000);
    const asked = { ...wanted, notAfter: now + 3 * DAY };
    expect(await codeOf(certifier(disk('short'))(asked))).toBe('identity/upstream-expiring');
  });

  it.each([
    ['is no authority', ['basicConstraints=critical,CA:false', USAGE]],
    ['may not sign certificates', [CA, 'keyUsage=critical,digitalSignature']],
    ['may have no authority below', [`${CA},pathlen:0`, USAGE]],
    [
      'is for another trust domain',
      [CA, USAGE, 'nameConstraints=critical,permitted;URI:other.example'],
    ],
  ])('that %s is refused', async (name, extensions) => {
    const file = name.replaceAll(' ', '-');
    makeRoot(file, extensions);
    const code = await codeOf(judge(certifier(disk(file))));
    expect(code).toMatch(/^identity\/(upstream-unsuitable|authority-invalid\/path-length)$/);
  });

  it.each([
    ['no file', { keyFile: path('none') }, 'identity/upstream-file-not-found'],
    ['no key', { keyFile: path('root.pem') }, 'identity/upstream-malformed'],
    ['another key', { keyFile: path('between.key') }, 'identity/authority-invalid/other-key'],
    ['no certificate', { certificateFile: path('root.key') }, 'identity/upstream-malformed'],
    ['a folder', { certificateFile: folder }, 'identity/upstream-file-not-found'],
  ])('with %s is refused', async (_, changed, code) => {
    expect(await codeOf(certifier(disk('root', changed))(wanted))).toBe(code);
  });

  it('that is too large, or has too many certificates, is refused; the key is never told', async () => {
    const large = write('large.pem', 'x'.repeat(300_000));
    expect(await codeOf(certifier(disk('root', { certificateFile: large }))(wanted))).toBe(
      'identity/upstream-file-too-large',
    );
    const many = write('many.pem', read('root.pem').repeat(11));
    expect(await codeOf(certifier(disk('root', { certificateFile: many }))(wanted))).toBe(
      'identity/upstream-malformed',
    );
    const secret = randomBytes(24).toString('hex');
    const keyFile = write('broken.key', `-----BEGIN PRIVATE KEY-----\n${secret}\n`);
    const message = await certifier(disk('root', { keyFile }))(wanted).catch(messageOf);
    expect(message).toContain('broken.key');
    expect(message).not.toContain(secret.slice(0, 12));
  });
});

describe('OpenBao', () => {
  const token = randomBytes(16).toString('hex');
  const asked: { path: string | undefined; headers: IncomingMessage['headers']; body: string }[] =
    [];
  let respond: (body: string, response: ServerResponse) => void;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    asked.push({ path: request.url, headers: request.headers, body });
    respond(body, response);
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    write('token', `${token}\n`);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const bao = (more: object = {}) =>
    certifier({ kind: 'openbao', url, tokenFile: path('token'), ...more });
  const answer = (status: number, body: unknown) => (_: string, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

  /** As the PKI engine does with `use_csr_values`: names are those of the request. */
  const signing =
    (by: string, above: readonly string[]) => (body: string, response: ServerResponse) => {
      const { csr, use_csr_values, ttl, max_path_length } = JSON.parse(body);
      write('asked.csr', csr);
      expect(openssl('req', '-in', 'asked.csr', '-verify', '-noout', '-text')).toContain(
        'URI:spiffe://example.org',
      );
      expect([use_csr_values, ttl]).toEqual([true, '86400s']);
      sign('asked.csr', by, 'signed.pem', [`${CA},pathlen:${max_path_length}`, USAGE], 1);
      const data = { certificate: read('signed.pem'), issuing_ca: read(`${by}.pem`) };
      answer(200, { data: { ...data, ca_chain: above.map(read), serial_number: '0a' } })(
        '',
        response,
      );
    };

  it('signs what OpenSSL verifies, under a subject that no other has', async () => {
    respond = signing('root', ['root.pem']);
    const first = await judge(bao());
    expect(first.certified.chain).toEqual([first.certified.certificate]);
    expect(first.certificate.extensions.names?.uris).toEqual(['spiffe://example.org']);
    const second = await judge(bao({ mount: 'teams/pki', issuer: 'root-2', namespace: 'ns1/' }));
    expect(second.certificate.subject.equals(first.certificate.subject)).toBe(false);
    expect(asked.map((one) => one.path)).toEqual([
      '/v1/pki/root/sign-intermediate',
      '/v1/teams/pki/issuer/root-2/sign-intermediate',
    ]);
    expect(asked[1]?.headers).toMatchObject({
      'x-vault-token': token,
      'x-vault-namespace': 'ns1/',
    });
  });

  it('may be an authority below a root', async () => {
    respond = signing('between', ['between.pem', 'root.pem']);
    const { certified } = await judge(bao());
    expect(certified.chain).toHaveLength(2);
    expect(readCertificate(certified.anchors[0]!).subject).toEqual(
      readCertificate(certified.anchors[0]!).issuer,
    );
    respond = signing('between', []);
    const alone = await judge(bao());
    expect(alone.certified.chain).toHaveLength(1);
  });

  it.each([
    ['refuses the token', 403, { errors: ['permission denied'] }, 'identity/upstream-refused'],
    ['has no such mount', 404, { errors: [] }, 'identity/upstream-refused'],
    ['is sealed', 503, { errors: ['Vault is sealed'] }, 'identity/upstream-unavailable'],
    ['is busy', 429, 'slow down', 'identity/upstream-unavailable'],
    ['leads elsewhere', 307, '', 'identity/upstream-refused'],
    ['speaks no JSON', 200, '<html>', 'identity/upstream-malformed'],
    ['lacks the certificate', 200, { data: {} }, 'identity/upstream-malformed'],
    [
      'gives no certificate',
      200,
      { data: { certificate: 'x', issuing_ca: 'y' } },
      'identity/upstream-malformed',
    ],
    ['says too much', 200, ' '.repeat(300_000), 'identity/upstream-too-large'],
  ])('that %s is a fault, without the token in it', async (_, status, body, code) => {
    respond = answer(status, body);
    const fault = await bao()(wanted).catch((thrown) => thrown);
    expect(fault.code).toBe(code);
    expect(`${fault.message}${fault.hint}`).not.toContain(token);
  });

  it('that signs another key is refused', async () => {
    respond = (_, response) => {
      const pem = read('between.pem');
      answer(200, { data: { certificate: pem, issuing_ca: read('root.pem') } })('', response);
    };
    expect(await codeOf(judge(bao()))).toBe('identity/upstream-unsuitable');
  });

  it('that never answers, or is not there, is a fault in time', async () => {
    respond = () => {};
    const fault = await bao({ timeoutSeconds: 1 })(wanted).catch((thrown) => thrown);
    expect([fault.code, fault.message]).toEqual([
      'identity/upstream-unavailable',
      expect.stringContaining('no answer within 1000 ms'),
    ]);
    const nowhere = bao({ url: 'http://127.0.0.1:1' });
    expect(await codeOf(nowhere(wanted))).toBe('identity/upstream-unavailable');
  });

  it('is asked over TLS, and told the token only where its certificate is trusted', async () => {
    const names = 'subjectAltName=IP:127.0.0.1';
    makeRoot('tls', [CA, 'keyUsage=critical,keyCertSign,digitalSignature', names]);
    let requests = 0;
    const secure = createSecureServer(
      { key: read('tls.key'), cert: read('tls.pem') },
      (request, response) => {
        requests++;
        server.emit('request', request, response);
      },
    );
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    try {
      const address = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
      respond = signing('root', []);
      expect(await codeOf(bao({ url: address })(wanted))).toBe('identity/upstream-unavailable');
      expect(requests).toBe(0);
      const { certified } = await judge(bao({ url: address, caFile: path('tls.pem') }));
      expect(certified.anchors).toHaveLength(1);
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });

  it('is not asked with a token that would break the header', async () => {
    write('odd-token', `${token}\r\nx-other: 1`);
    expect(await codeOf(bao({ tokenFile: path('odd-token') })(wanted))).toBe(
      'identity/upstream-malformed',
    );
  });
});
