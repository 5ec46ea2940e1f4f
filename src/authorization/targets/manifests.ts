import { createHash } from 'node:crypto';
import type { CompiledFile, PodSelector } from './compiled.ts';
import { toYaml } from './yaml.ts';

/** A Kubernetes object that a target is made of. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** So that what a policy no longer has can be found in a cluster, and removed (`kubectl apply --prune -l …`). */
const MANAGED = { 'app.kubernetes.io/managed-by': 'reeve' };

/** The metadata of an object.
 *  @param name made by `nameOf` */
export function metadataOf(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Manifest['metadata'] {
  return { name, namespace, labels: { ...MANAGED, ...labels } };
}

const MAX_NAME = 63;

/** The name of an object of ours, about a service or a part of it. Dots stand between parts and in none, so that what is
 *  about a part of one service has no name that what is about another could have.
 *  @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
export function nameOf(service: string, ...parts: readonly string[]): string {
  return [`reeve-${service}`, ...parts].map(objectName).join('.');
}

const ENDS_IN_DIGEST = /-[0-9a-f]{8}$/;

/** A name that every kind of object may have. One that had to be changed ends in a part of its digest, and so does one
 *  that could be taken for such a one: different texts stay different.
 *  @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export function objectName(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain === text && text.length <= MAX_NAME && !ENDS_IN_DIGEST.test(text)) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${plain.slice(0, MAX_NAME - 9).replace(/-+$/, '') || 'x'}-${digest}`;
}

/** A file of YAML documents; undefined where there are none. */
export function toYamlFile(path: string, manifests: readonly Manifest[]): CompiledFile[] {
  if (manifests.length === 0) return [];
  return [{ path: `${path}.yaml`, text: manifests.map(toYaml).join('---\n') }];
}

/** A selector as Kubernetes writes it. */
export function labelSelector({ matchLabels, absent }: PodSelector): Record<string, unknown> {
  if (absent.length === 0) return { matchLabels };
  const matchExpressions = absent.map((key) => ({ key, operator: 'DoesNotExist' }));
  return { matchLabels, matchExpressions };
}
