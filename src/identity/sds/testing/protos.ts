import { join } from 'node:path';
import protobuf from 'protobufjs';

/** Where Envoy's files are, as far as they are needed. */
export const PROTO_FOLDER = join(import.meta.dirname, '..', 'testdata');
export const PROTO_FILES = [
  'envoy/service/secret/v3/sds.proto',
  'envoy/service/discovery/v3/ads.proto',
  'envoy/extensions/transport_sockets/tls/v3/secret.proto',
];

const TLS = 'envoy.extensions.transport_sockets.tls.v3';
const DISCOVERY = 'envoy.service.discovery.v3';

const root = new protobuf.Root();
root.resolvePath = (_, target) =>
  target.startsWith('google/protobuf/') ? target : join(PROTO_FOLDER, target);
root.loadSync(PROTO_FILES, { keepCase: true });

/** Envoy's messages as who has read their files knows them. */
export const protos = root;

/** A message of a discovery service, as bytes. */
export function write(type: string, message: object): Buffer {
  const of = root.lookupType(`${DISCOVERY}.${type}`);
  return Buffer.from(of.encode(of.fromObject(message)).finish());
}

/** A message of a discovery service, of bytes. */
export function read<Message>(type: string, bytes: Uint8Array): Message {
  return decode(`${DISCOVERY}.${type}`, bytes);
}

function decode<Message>(type: string, bytes: Uint8Array): Message {
  const of = root.lookupType(type);
  return of.toObject(of.decode(bytes), { arrays: true, objects: true }) as Message;
}

/** A secret in short, as an Envoy sees it. PEM is text. */
export interface SeenSecret {
  readonly name: string;
  readonly chain?: string;
  readonly key?: string;
  /** Of the validator that looks for a chain. */
  readonly trusted?: string;
  readonly crl?: string;
  readonly isLeafOnly?: boolean;
  /** Of the validator of SPIFFE: PEM by trust domain. */
  readonly domains?: Readonly<Record<string, string>>;
}

interface Source {
  readonly inline_bytes: Buffer;
}
interface Any {
  readonly type_url: string;
  readonly value: Uint8Array;
}
interface SecretMessage {
  readonly name: string;
  readonly tls_certificate?: { readonly certificate_chain: Source; readonly private_key: Source };
  readonly validation_context?: {
    readonly trusted_ca?: Source;
    readonly crl?: Source;
    readonly only_verify_leaf_cert_crl?: boolean;
    readonly custom_validator_config?: { readonly name: string; readonly typed_config: Any };
  };
}

/** What a secret says. */
export function seen(body: Uint8Array): SeenSecret {
  const {
    name,
    tls_certificate: tls,
    validation_context: context,
  } = decode<SecretMessage>(`${TLS}.Secret`, body);
  const custom = context?.custom_validator_config;
  return {
    name,
    ...(tls && { chain: textOf(tls.certificate_chain), key: textOf(tls.private_key) }),
    ...(context?.trusted_ca && { trusted: textOf(context.trusted_ca) }),
    ...(context?.crl && { crl: textOf(context.crl) }),
    ...(context?.only_verify_leaf_cert_crl && { isLeafOnly: true }),
    ...(custom && { domains: domainsOf(custom) }),
  };
}

function domainsOf({ name, typed_config: config }: { name: string; typed_config: Any }) {
  if (name !== 'envoy.tls.cert_validator.spiffe') throw new Error(`an odd validator: ${name}`);
  if (config.type_url !== `type.googleapis.com/${TLS}.SPIFFECertValidatorConfig`) {
    throw new Error(`an odd type: ${config.type_url}`);
  }
  const { trust_domains: domains } = decode<{
    trust_domains: { name: string; trust_bundle: Source }[];
  }>(`${TLS}.SPIFFECertValidatorConfig`, config.value);
  return Object.fromEntries(domains.map((one) => [one.name, textOf(one.trust_bundle)]));
}

function textOf({ inline_bytes: bytes }: Source): string {
  return Buffer.from(bytes).toString();
}
