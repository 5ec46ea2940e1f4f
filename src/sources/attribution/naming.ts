import { compareText } from '../../base/diagnostic.ts';
import type { ServiceObservation, Subject } from '../../estate/index.ts';
import type { NamedService } from './party-names.ts';
import type { Registry } from './registry.ts';

type ByName = Extract<Subject, { by: 'name' }>;
type NamedObservation = ServiceObservation & { readonly subject: ByName };

/** Who names services, from the most to the least binding: what runs, what is declared, what is
 *  catalogued. A weaker source's name joins a stronger one's service where they mean the same. */
const NAMING_TIERS: readonly (readonly string[])[] = [
  ['kubernetes', 'istio', 'linkerd', 'kuma', 'cilium', 'otlp'],
  ['declarations'],
  ['compose'],
];

/** Enters every service that the estate has or that a source names. */
export function nameServices(
  registry: Registry,
  known: readonly NamedService[],
  observations: readonly ServiceObservation[],
): void {
  for (const record of known) {
    const service = registry.add(record.isAnywhere ? { ...record, namespace: undefined } : record);
    for (const alias of record.aliases) registry.addAlias(service, alias);
    for (const image of record.images) registry.addImage(service, image);
    for (const identity of record.identities) registry.addIdentity(service, identity);
  }
  const named = observations.filter((one): one is NamedObservation => one.subject.by === 'name');
  const namespaces = namespacesByName(named);
  for (const observation of [...named].sort(byAuthority)) {
    const { name, namespace = onlyOne(namespaces.get(name)) } = observation.subject;
    const query = { ...observation.subject, namespace, near: observation.source.file };
    const found = tierOf(observation) === 0 ? registry.exact(query) : registry.find(query);
    const service = found ?? registry.add(query);
    if (observation.source.file) service.files.add(observation.source.file);
    for (const alias of observation.aliases ?? []) registry.addAlias(service, alias);
    for (const image of observation.images ?? []) registry.addImage(service, image);
    if (observation.identity !== undefined) registry.addIdentity(service, observation.identity);
  }
}

function tierOf({ source }: NamedObservation): number {
  const tier = NAMING_TIERS.findIndex((readers) => readers.includes(source.reader));
  return tier < 0 ? NAMING_TIERS.length : tier;
}

/** Whoever names the namespace comes before those who leave it open. */
function byAuthority(a: NamedObservation, b: NamedObservation): number {
  return (
    tierOf(a) - tierOf(b) ||
    Number(b.subject.namespace !== undefined) - Number(a.subject.namespace !== undefined) ||
    compareText(a.subject.namespace ?? '', b.subject.namespace ?? '') ||
    compareText(a.subject.name, b.subject.name) ||
    compareText(a.source.file ?? '', b.source.file ?? '')
  );
}

/** The namespaces that any source names for a service of each name. */
function namespacesByName(named: readonly NamedObservation[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { subject } of named) {
    if (subject.namespace === undefined) continue;
    found.set(subject.name, (found.get(subject.name) ?? new Set()).add(subject.namespace));
  }
  return found;
}

function onlyOne<Item>(items: ReadonlySet<Item> | undefined): Item | undefined {
  return items?.size === 1 ? [...items][0] : undefined;
}
