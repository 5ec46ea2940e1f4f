import { z } from 'zod';
import { Fault, quote } from '../../../base/fault.ts';
import {
  type FillRandom,
  serialNumbers,
  toPem,
  uniqueSubject,
  writeCsr,
} from '../../x509/index.ts';
import type { OpenBaoConfig } from '../config.ts';
import { splitAnchors } from './anchors.ts';
import type { CertificateWanted, Certified, Certify } from './certify.ts';
import type { HttpAnswer, Post } from './http.ts';
import { certificatesOf, readSmallFile } from './pem.ts';

const MAX_ANSWER_BYTES = 262_144;
const MAX_ERRORS = 3;

const Signed = z.object({
  data: z.object({
    certificate: z.string(),
    issuing_ca: z.string(),
    ca_chain: z.array(z.string()).max(10).nullish(),
  }),
});
const Refused = z.object({ errors: z.array(z.string()) });

/** Certificates that the PKI engine of OpenBao or Vault signs. The token needs `update` on
 *  `MOUNT/root/sign-intermediate`, or on `MOUNT/issuer/NAME/sign-intermediate`, and nothing else.
 *  @throws {Fault} from what it returns: `identity/upstream-unavailable`, `identity/upstream-refused`,
 *  `identity/upstream-malformed`, `identity/upstream-file-not-found`
 *  @see https://openbao.org/api-docs/secret/pki/#sign-intermediate */
export function signedByOpenBao(
  config: OpenBaoConfig,
  post: Post,
  fillRandom: FillRandom,
): Certify {
  const nextSerial = serialNumbers(fillRandom);
  const { url, mount, issuer, namespace, timeoutSeconds } = config;
  const from = issuer === undefined ? 'root' : `issuer/${issuer}`;
  const address = new URL(`/v1/${mount}/${from}/sign-intermediate`, url);
  return async (wanted) => {
    const token = (await readSmallFile(config.tokenFile)).trim();
    judgeToken(token, config.tokenFile);
    const ca = config.caFile === undefined ? undefined : await readSmallFile(config.caFile);
    const answer = await post({
      url: address,
      headers: {
        'content-type': 'application/json',
        'x-vault-request': 'true',
        'x-vault-token': token,
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
      },
      body: JSON.stringify(requestFor(wanted, nextSerial())),
      timeoutMs: timeoutSeconds * 1_000,
      maxBytes: MAX_ANSWER_BYTES,
      ...(ca !== undefined && { ca }),
    });
    return readAnswer(answer, address);
  };
}

/** The subject and the SPIFFE ID stand in the request that is signed, and are taken from there. */
function requestFor(wanted: CertificateWanted, serialNumber: Buffer) {
  const { id, privateKey, publicKey, now, notAfter } = wanted;
  const subject = uniqueSubject(id.trustDomain, serialNumber);
  return {
    csr: toPem('CERTIFICATE REQUEST', writeCsr({ id, subject, privateKey, publicKey })),
    use_csr_values: true,
    common_name: subject.commonName,
    exclude_cn_from_sans: true,
    max_path_length: 0,
    ttl: `${Math.floor((notAfter - now) / 1_000)}s`,
    format: 'pem',
  };
}

/** It goes into a header. Never quoted. */
function judgeToken(token: string, file: string): void {
  if (/^[\x21-\x7e]{1,8192}$/.test(token)) return;
  throw new Fault('identity/upstream-malformed', `${quote(file, 200)} does not hold a token`, {
    hint: 'write the token, and nothing else, into the file',
  });
}

function readAnswer({ status, body }: HttpAnswer, address: URL): Certified {
  const where = `The upstream ${quote(address.href, 200)}`;
  const document = parse(body);
  if (status !== 200) {
    const refused = Refused.safeParse(document);
    const why = refused.success ? refused.data.errors.slice(0, MAX_ERRORS).join('; ') : '';
    throw new Fault(
      status >= 500 || status === 429
        ? 'identity/upstream-unavailable'
        : 'identity/upstream-refused',
      `${where} answers ${status}${why === '' ? '' : `: ${quote(why, 200)}`}`,
      { hint: HINTS[status] ?? 'look into the log of the upstream' },
    );
  }
  const signed = Signed.safeParse(document);
  if (!signed.success) {
    const why = 'answers without `data.certificate` and `data.issuing_ca`';
    throw new Fault('identity/upstream-malformed', `${where} ${why}`);
  }
  const { certificate, issuing_ca, ca_chain } = signed.data.data;
  const [own] = certificatesOf(certificate, 'the certificate of the upstream');
  const above = [issuing_ca, ...(ca_chain ?? [])]
    .flatMap((pem) => certificatesOf(pem, 'the chain of the upstream'))
    .filter((der) => !der.equals(own));
  const { between, anchors } = splitAnchors(above);
  return { certificate: own, chain: [own, ...between], anchors };
}

const HINTS: Readonly<Record<number, string>> = {
  400: 'the engine needs an issuer, and one that may sign authorities',
  403: 'the token is not valid, or lacks `update` on this path',
  404: 'look at `mount` and `issuer`',
  429: 'it is tried again by itself',
  503: 'the upstream is sealed, or in maintenance',
};

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
