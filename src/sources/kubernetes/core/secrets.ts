import { X509Certificate } from 'node:crypto';
import { isFields, textAt } from '../../../base/pick.ts';
import type {
  CredentialLocation,
  CredentialObservation,
  Location,
  Source,
} from '../../../estate/index.ts';
import { ownerInLabels } from '../../labels.ts';
import { ORIGIN_ANNOTATION } from '../kustomize/generate.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { copiedFrom, editsOf, timesOf } from './delivered-secrets.ts';
import { entriesOf, type ObjectEntry } from './environment.ts';
import { isPlainEntry, kindOfKey } from './secret-keys.ts';

const READER = 'kubernetes';

/** One credential for each key of each Secret, and never a value. */
export function readSecrets(cluster: Cluster, sink: ClusterSink): void {
  for (const secret of cluster.of('', 'Secret')) {
    for (const entry of entriesOf(secret)) {
      if (entry.value.trim() === '' || isPlainEntry(entry)) continue;
      sink.observe(toCredential(secret, entry));
    }
  }
}

function toCredential(secret: Resource, entry: ObjectEntry): CredentialObservation {
  const type = textAt(secret.value, 'type') ?? 'Opaque';
  const source = (secret.valueSourceAt ?? secret.sourceAt)(READER, entry.path);
  const location = locationOf(source, 'secret');
  const owner = ownerInLabels(secret.labels, secret.annotations);
  const expires = type === 'kubernetes.io/tls' ? expiryOf(secret) : undefined;
  // Whoever finds the value where a chart keeps it finds the same credential.
  const inValues = secret.placesOfText?.(entry.value) ?? [];
  const isPlainText = entry.path[0] === 'stringData' || inValues.length > 0;
  const concerns = editsOf(secret, entry.key);
  return {
    kind: 'credential',
    name: `${secret.name}/${entry.key}`,
    credentialKind: kindOfKey(type, entry.key),
    keys: [
      secretKey(secret, secret.name, entry.key),
      ...(isGenerated(secret) && location ? keysAt(location) : []),
      ...inValues.flatMap(keysAt),
      ...copiedFrom(secret, entry.key),
    ],
    ...(location && { location }),
    ...(owner && { owner }),
    ...(expires && { expires }),
    ...timesOf(secret, entry.key),
    ...(concerns.length > 0 && { concerns }),
    ...(!isProtected(secret, entry) &&
      location && { problems: [isPlainText ? 'plain-text' : 'base64-only'] }),
    source,
  };
}

/** `secret:NAMESPACE/NAME#KEY`, the namespace empty where the object names none. */
export function secretKey(
  object: { readonly namespace: string | undefined },
  name: string,
  key: string,
): string {
  return `secret:${object.namespace ?? ''}/${name}#${key}`;
}

/** The place of a value, for whoever reads the same file; behind the quote too, where it stands in one. */
function keysAt({ file, line, column }: Location): string[] {
  if (line === undefined || column === undefined) return [];
  return [`at:${file}:${line}:${column}`, `at:${file}:${line}:${column + 1}`];
}

/** Where a source lies, as a credential's location; undefined for what lies in no file. */
export function locationOf(
  { file, line, column }: Source,
  holder: CredentialLocation['in'],
): CredentialLocation | undefined {
  if (file === undefined) return undefined;
  return { file, in: holder, ...(line && { line }), ...(column && { column }) };
}

/** Encrypted by sops, or a placeholder that something else fills. */
function isProtected(secret: Resource, { value }: ObjectEntry): boolean {
  return (
    isFields(secret.value.sops) ||
    isGenerated(secret) ||
    /^ENC\[|^\$\{[^}]*\}$|^\$\([^)]*\)$|^<[^<>]*>$|^\{\{.*\}\}$|^ref\+|^vault:/s.test(value.trim())
  );
}

/** Made by a kustomization of a file or literal, which is where the value lies in plain text. */
function isGenerated(secret: Resource): boolean {
  return secret.annotations[ORIGIN_ANNOTATION]?.includes('SecretGenerator') ?? false;
}

/** When the certificate beside a private key ends, RFC 3339. */
function expiryOf(secret: Resource): string | undefined {
  const certificate = entriesOf(secret).find(({ key }) => key === 'tls.crt')?.value;
  if (!certificate?.includes('BEGIN CERTIFICATE')) return undefined;
  try {
    return new X509Certificate(certificate).validToDate.toISOString();
  } catch {
    // A certificate that cannot be read has no end that could be told.
    return undefined;
  }
}
