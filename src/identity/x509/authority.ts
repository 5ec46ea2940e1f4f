import { createPublicKey, type KeyObject } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import type { SpiffeId } from '../spiffe/index.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { contextTag, element, integer, sequence, time } from './der/index.ts';
import {
  authorityKeyId,
  basicConstraints,
  extensions,
  keyUsage,
  permittedUriHosts,
  subjectAlternativeName,
  subjectKeyId,
} from './extensions/index.ts';
import { keyIdOf } from './keys.ts';
import { type DistinguishedName, writeName } from './name.ts';
import { type Signer, signed, signerOf } from './signer.ts';

/** The certificate of a signing authority with what signs for it. */
export interface Authority {
  readonly certificate: Certificate;
  readonly signer: Signer;
}

export interface AuthorityRequest {
  /** SubjectPublicKeyInfo of the authority's key. */
  readonly publicKey: Buffer;
  /** Of the trust domain: without a path. */
  readonly id: SpiffeId;
  /** Must differ from that of every other authority of the trust domain: verifiers look for an issuer
   *  by its name, and give up after a few of the same. */
  readonly subject: DistinguishedName;
  /** As an INTEGER, from `serialNumbers`. */
  readonly serialNumber: Buffer;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Authorities that may stand between this one and a leaf; any number if undefined. */
  readonly pathLength?: number;
  /** Only SVIDs of these trust domains: a critical constraint, which several TLS libraries do not know
   *  and then refuse. */
  readonly permittedTrustDomains?: readonly string[];
}

const VERSION_3 = element(contextTag(0, true), integer(2));

/** Issues the certificate of a signing authority: a root where `issuer` is its own signer, an
 *  intermediate where it is another authority.
 *  @throws {Fault} `identity/authority-invalid/…` where no verifier would accept what comes of it
 *  @see X509-SVID §3.2, §4 */
export function issueAuthority(request: AuthorityRequest, issuer: Signer | Authority): Certificate {
  judge(request, issuer);
  const { publicKey, id, subject, pathLength, permittedTrustDomains } = request;
  const signer = 'signer' in issuer ? issuer.signer : issuer;
  const keyId = keyIdOf(publicKey);
  const name = writeName(subject);
  const tbs = sequence(
    VERSION_3,
    request.serialNumber,
    signer.algorithm.der,
    'signer' in issuer ? issuer.certificate.subject : name,
    sequence(time(request.notBefore), time(request.notAfter)),
    name,
    publicKey,
    extensions(
      3,
      basicConstraints(true, pathLength),
      keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyId(keyId),
      'signer' in issuer ? authorityKeyId(keyIdOfAuthority(issuer.certificate)) : NONE,
      subjectAlternativeName(id.uri, [], false),
      permittedTrustDomains ? permittedUriHosts(permittedTrustDomains) : NONE,
    ),
  );
  return readCertificate(signed(signer, tbs), 'the certificate of the authority');
}

const NONE = Buffer.alloc(0);

/** A subject that no other authority has: who it is, and the serial number of its certificate.
 *  `serialNumber` is an INTEGER from `serialNumbers`. */
export function uniqueSubject(organization: string, serialNumber: Buffer): DistinguishedName {
  const digits = serialNumber.subarray(2).toString('hex');
  return { organization, commonName: 'SPIFFE authority', serialNumber: digits };
}

/** A certificate and its private key.
 *  @throws {Fault} `identity/authority-invalid/other-key` where they do not belong together */
export function authorityOf(certificate: Certificate, privateKey: KeyObject): Authority {
  const signer = signerOf(privateKey);
  if (!createPublicKey(privateKey).equals(certificate.publicKey.key)) {
    throw refusal('other-key', 'the private key is not that of the certificate');
  }
  return { certificate, signer };
}

/** The key identifier by which what an authority signs names it. */
export function keyIdOfAuthority({
  extensions: { subjectKeyId: id },
  publicKey,
}: Certificate): Buffer {
  return id ?? keyIdOf(publicKey.spki);
}

function judge(request: AuthorityRequest, issuer: Signer | Authority): void {
  if (request.id.path !== '') throw refusal('path', 'the SPIFFE ID of an authority has no path');
  if (Object.keys(request.subject).length === 0) {
    throw refusal('subject', 'an authority needs a subject, by which verifiers find it');
  }
  if (request.notAfter <= request.notBefore) {
    throw refusal('validity', 'the certificate would end before it begins');
  }
  if (!('signer' in issuer)) return;
  const { notAfter, extensions: of } = issuer.certificate;
  // Certificates are to the second.
  if (request.notAfter >= notAfter + 1_000)
    throw refusal('outlives', 'it would outlive its issuer');
  const left = of.basicConstraints?.pathLength;
  if (left === 0 || (left !== undefined && (request.pathLength ?? Infinity) >= left)) {
    throw refusal('path-length', `its issuer allows a path length below ${left}`);
  }
}

const refusal = (reason: string, why: string) =>
  new Fault(`identity/authority-invalid/${reason}`, `the authority cannot be issued: ${why}`);
