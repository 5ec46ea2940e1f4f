import { createHash } from 'node:crypto';
import { bytesField, integerField, messageField, textField } from '../../base/protobuf/index.ts';
import type { HeldSvid } from '../workload-api/index.ts';
import { toPem } from '../x509/index.ts';
import type { Resource } from './resources.ts';

/** Messages of the discovery services as they are written.
 *  @see envoy/service/discovery/v3/discovery.proto, envoy/extensions/transport_sockets/tls/v3/ */

const TYPES = 'type.googleapis.com';
const TLS = 'envoy.extensions.transport_sockets.tls.v3';

/** The type of secrets. */
export const SECRET_TYPE = `${TYPES}/${TLS}.Secret`;
export const SPIFFE_VALIDATOR = 'envoy.tls.cert_validator.spiffe';
const CONTROL_PLANE = 'reeve';

/** One envoy.extensions.transport_sockets.tls.v3.Secret. */
export type Secret = Resource;

/** What one trust domain's peers are verified with. */
export interface TrustDomainAnchors {
  readonly trustDomain: string;
  /** Certificates, and lists of revoked ones, in PEM. */
  readonly pem: string;
}

/** A certificate with its chain and its key. */
export function certificateSecret(name: string, svid: HeldSvid): Secret {
  const chain = toPem('CERTIFICATE', ...svid.chain);
  const key = toPem('PRIVATE KEY', svid.privateKey);
  const certificate = messageField(2, inline(1, chain), inline(2, key));
  return {
    name,
    version: versionOf(chain),
    body: Buffer.concat([textField(1, name), certificate]),
    spiffeId: svid.spiffeId,
  };
}

/** A context that verifies each peer with the bundle of the peer's own trust domain, and as SPIFFE demands.
 *  @param domains at least one: Envoy takes no validator without */
export function spiffeValidationSecret(
  name: string,
  domains: readonly TrustDomainAnchors[],
): Secret {
  const config = domains.map(({ trustDomain, pem }) =>
    messageField(1, textField(1, trustDomain), inline(2, pem)),
  );
  const validator = messageField(
    12,
    textField(1, SPIFFE_VALIDATOR),
    messageField(
      2,
      textField(1, `${TYPES}/${TLS}.SPIFFECertValidatorConfig`),
      messageField(2, ...config),
    ),
  );
  return validationSecret(name, validator);
}

/** A context that looks for a chain to one of the certificates.
 *  @param pem certificates
 *  @param crls lists of what is revoked, in PEM; empty: nothing is asked for. They are only asked about peers'
 *  own certificates */
export function plainValidationSecret(name: string, pem: string, crls: string): Secret {
  const revocation = crls === '' ? [] : [inline(7, crls), integerField(14, 1)];
  return validationSecret(name, inline(1, pem), ...revocation);
}

function validationSecret(name: string, ...fields: readonly Buffer[]): Secret {
  const context = messageField(4, ...fields);
  return {
    name,
    version: versionOf(context),
    body: Buffer.concat([textField(1, name), context]),
  };
}

/** A DataSource with its content. */
function inline(field: number, content: string): Buffer {
  return messageField(field, bytesField(2, Buffer.from(content)));
}

function versionOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** A version of several resources together. */
export function versionOfAll(resources: readonly Resource[]): string {
  const lines = resources.map(({ name, version }) => `${name} ${version}\n`);
  return versionOf(lines.sort().join(''));
}

export interface Answer {
  /** Of all its resources. */
  readonly typeUrl: string;
  readonly version: string;
  /** Empty: the answer is not to be answered. */
  readonly nonce: string;
  readonly resources: readonly Resource[];
}

/** A DiscoveryResponse. */
export function discoveryResponse({ typeUrl, version, nonce, resources }: Answer): Buffer {
  return Buffer.concat([
    textField(1, version),
    ...resources.map(({ body }) => messageField(2, ...asAny(typeUrl, body))),
    textField(4, typeUrl),
    ...(nonce === '' ? [] : [textField(5, nonce)]),
    messageField(6, textField(1, CONTROL_PLANE)),
  ]);
}

/** A DeltaDiscoveryResponse.
 *  @param removed names of what is not there */
export function deltaDiscoveryResponse(
  { typeUrl, version, nonce, resources }: Answer,
  removed: readonly string[],
): Buffer {
  return Buffer.concat([
    textField(1, version),
    ...resources.map((resource) =>
      messageField(
        2,
        textField(1, resource.version),
        messageField(2, ...asAny(typeUrl, resource.body)),
        textField(3, resource.name),
      ),
    ),
    textField(4, typeUrl),
    textField(5, nonce),
    ...removed.map((name) => textField(6, name)),
    messageField(7, textField(1, CONTROL_PLANE)),
  ]);
}

function asAny(typeUrl: string, body: Buffer): Buffer[] {
  return [textField(1, typeUrl), bytesField(2, body)];
}
