import type { DataPath } from '../../../base/data.ts';
import type { Source } from '../../../estate/index.ts';
import { type AddressLine, addressesInText } from '../../address-lines.ts';
import { namesHost } from '../../address-names.ts';
import { type Address, addressesIn, addressesInCommand } from '../../addresses.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { servicesSelecting } from '../selecting.ts';
import { containersOf, namespaceOf, subjectOf, type Workload, workloadsOf } from '../workload.ts';
import { commandOf, entriesOf, expand, mountedConfigMaps, variablesOf } from './environment.ts';

const READER = 'kubernetes';

interface Clue {
  readonly address: Address;
  readonly source: Source;
  readonly evidence: string;
  readonly variable?: { readonly name: string; readonly bundle: string };
}

/** Calls that the configuration of a workload gives away: variables, arguments and mounted
 *  configuration that hold another service's address. Copies of the description are asked too: where
 *  production reaches its datastores through a proxy, development names them. */
export function readCalls(cluster: Cluster, sink: ClusterSink): void {
  for (const workload of workloadsOf(cluster)) observeCalls(cluster, workload, workload, sink);
  const namesakes = Map.groupBy(workloadsOf(cluster), ({ serviceName }) => serviceName);
  const own = new Set(cluster.resources);
  for (const copy of cluster.copies ?? []) {
    for (const workload of workloadsOf(copy)) {
      const meant = namesakes.get(workload.serviceName) ?? [];
      const namespaces = new Set(meant.map(({ namespace }) => namespace));
      const [service] = meant;
      if (own.has(workload.resource) || !service || namespaces.size > 1) continue;
      observeCalls(copy, workload, service, sink, true);
    }
  }
}

/** What a workload gives away, said of `service`. */
function observeCalls(
  cluster: Cluster,
  workload: Workload,
  service: Workload,
  sink: ClusterSink,
  onlyKnown = false,
): void {
  const own = ownNames(cluster, workload);
  const seen = new Set<string>();
  for (const clue of cluesOf(cluster, workload, directoriesOf(cluster))) {
    const { host, port } = clue.address;
    const key = `${host}:${port ?? ''} ${clue.evidence}`;
    if (own.has(host) || seen.has(key)) continue;
    seen.add(key);
    const known = onlyKnown || clue.address.known;
    observeCall(service, { ...clue, address: { ...clue.address, known } }, sink);
  }
}

function observeCall(service: Workload, clue: Clue, sink: ClusterSink) {
  const { address, source, evidence, variable } = clue;
  const { host, port, schemePort, known } = address;
  const called = port ?? schemePort;
  const { namespace } = service;
  sink.observe({
    kind: 'call',
    from: subjectOf(service),
    to: {
      by: 'address',
      host,
      known,
      ...(port !== undefined && { port }),
      ...(namespace !== undefined && { namespace }),
    },
    evidence,
    ...(called !== undefined && { port: called }),
    ...(variable && { variable }),
    source,
  });
}

/** A workload that is told its own address does not call itself. */
function ownNames(cluster: Cluster, workload: Workload): ReadonlySet<string> {
  const names = [
    workload.serviceName,
    workload.resource.name,
    ...servicesSelecting(cluster, workload).map((service) => service.name),
  ];
  const namespace = namespaceOf(workload);
  return new Set(
    names.flatMap((name) => [
      name,
      `${name}.${namespace}`,
      `${name}.${namespace}.svc`,
      `${name}.${namespace}.svc.cluster.local`,
    ]),
  );
}

/** The same file, given to this many services … */
const DIRECTORY_READERS = 3;
/** … and with this many addresses, lists what there is rather than whom its reader calls. */
const DIRECTORY_ADDRESSES = 4;

const DIRECTORIES = new WeakMap<Cluster, ReadonlySet<string>>();

/** The texts of mounted files that are the address book of several services. */
function directoriesOf(cluster: Cluster): ReadonlySet<string> {
  const known = DIRECTORIES.get(cluster) ?? findDirectories(cluster);
  DIRECTORIES.set(cluster, known);
  return known;
}

function findDirectories(cluster: Cluster): ReadonlySet<string> {
  const readers = new Map<string, Set<string>>();
  for (const workload of workloadsOf(cluster)) {
    for (const configMap of mountedConfigMaps(cluster, workload)) {
      for (const { value } of entriesOf(configMap)) {
        const names = readers.get(value) ?? new Set();
        readers.set(value, names.add(`${namespaceOf(workload)}/${workload.serviceName}`));
      }
    }
  }
  const shared = [...readers].filter(([, names]) => names.size >= DIRECTORY_READERS);
  const books = shared.filter(([text]) => {
    const hosts = new Set(addressesInText(text).map(({ host }) => host));
    return hosts.size >= DIRECTORY_ADDRESSES;
  });
  return new Set(books.map(([text]) => text));
}

/** In an address book, a service's own entries bear its name (`geo` and `mongodb-geo`), if it is a
 *  word that tells them from the others. */
function ownEntries(workload: Workload, addresses: readonly AddressLine[]): readonly AddressLine[] {
  const [word = ''] = workload.serviceName.split('-');
  const own = addresses.filter(({ host }) => host.split(/[.-]/).includes(word));
  return own.length * 2 < addresses.length ? own : [];
}

function* cluesOf(
  cluster: Cluster,
  workload: Workload,
  directories: ReadonlySet<string>,
): Generator<Clue> {
  for (const container of containersOf(workload)) {
    const variables = variablesOf(cluster, workload, container);
    for (const { name, value, isSecret, source, evidence, bundle } of variables) {
      // A secret that is no URL is not looked at: it might pass for a host.
      if (isSecret && !value.includes('://')) continue;
      // Variables that hold whole files are read as files, comments left out.
      const isFile = value.includes('\n');
      const found = isFile ? addressesInText(value) : addressesIn(name, value);
      const variable = bundle !== undefined && namesHost(name) ? { name, bundle } : undefined;
      for (const address of found) {
        yield { address, source, evidence, ...(variable && { variable }) };
      }
    }
    const values = new Map(variables.map(({ name, value }) => [name, value]));
    const command = commandOf(container).map(({ word, path }) => ({
      word: expand(word, values, cluster, workload),
      path,
    }));
    yield* fromCommand(workload, command);
  }
  for (const configMap of mountedConfigMaps(cluster, workload)) {
    yield* fromConfigMap(configMap, workload, directories);
  }
}

function* fromCommand(workload: Workload, command: ReturnType<typeof commandOf>): Generator<Clue> {
  for (const address of addressesInCommand(command.map(({ word }) => word))) {
    const { path } = command.find(({ word }) => word.toLowerCase().includes(address.host)) ?? {};
    const source = workload.resource.sourceAt(READER, path ?? ['spec']);
    yield { address, source, evidence: `argument that names ${address.host}` };
  }
}

function* fromConfigMap(
  configMap: Resource,
  workload: Workload,
  directories: ReadonlySet<string>,
): Generator<Clue> {
  for (const { key, value, path } of entriesOf(configMap)) {
    if (!value.includes('\n')) {
      const source = configMap.sourceAt(READER, path);
      for (const address of addressesIn(key, value)) {
        yield { address, source, evidence: `key ${key} of ConfigMap ${configMap.name}` };
      }
      continue;
    }
    const all = addressesInText(value);
    const addresses = directories.has(value) ? ownEntries(workload, all) : all;
    for (const { lineIndex, name, ...address } of addresses) {
      const source = lineOf(configMap, path, lineIndex);
      const property = name === '' ? '' : `${name} in `;
      yield { address, source, evidence: `${property}file ${key} of ConfigMap ${configMap.name}` };
    }
  }
}

/** The line of a block scalar; other scalars do not keep their lines. */
function lineOf(configMap: Resource, path: DataPath, lineIndex: number): Source {
  const key = configMap.sourceAt(READER, path);
  const value = configMap.valueSourceAt?.(READER, path);
  const isBlock = value?.line !== undefined && key.line !== undefined && value.line > key.line;
  return isBlock ? { ...value, line: (value.line ?? 0) + lineIndex } : key;
}
