import { posix } from 'node:path';
import { compareText } from '../../base/diagnostic.ts';
import {
  type Call,
  type Credential,
  type Endpoint,
  type JudgedEstate,
  type Protocol,
  type Service,
  writeOperation,
} from '../../estate/index.ts';
import { foldersOf } from './folders.ts';
import { comment, key, scalar } from './yaml.ts';

export type DraftedEstate = Pick<JudgedEstate, 'services' | 'endpoints' | 'calls' | 'credentials'>;

/** A declaration that a service does not have yet. */
export interface Draft {
  /** The id of the service. */
  readonly service: string;
  /** Where it belongs, relative to the folder that was read. */
  readonly path: string;
  /** YAML. */
  readonly text: string;
}

const SPECIFICATION_OF: Record<Protocol, string> = {
  http: 'openapi',
  grpc: 'protobuf',
  graphql: 'graphql',
  event: 'asyncapi',
};

/** Drafts what every workload without a declaration would declare, from all that is known of it: for its team to read,
 *  to cut, and to keep. Sorted by path. */
export function draftDeclarations(estate: DraftedEstate): Draft[] {
  const folders = foldersOf(estate);
  const endpointsOf = Map.groupBy(estate.endpoints, ({ service }) => service);
  const callsOf = Map.groupBy(estate.calls, ({ from }) => from);
  const serviceOf = new Map(estate.services.map((service) => [service.id, service]));
  return estate.services
    .filter(({ kind, sources }) => kind === 'workload' && !sources.some(isDeclaration))
    .map((service) => {
      const folder = folders.get(service.id) ?? posix.join('reeve', service.name);
      const lines = [
        ...head(service),
        ...exposes(endpointsOf.get(service.id) ?? [], folder),
        ...calls(service, callsOf.get(service.id) ?? [], serviceOf),
        ...credentials(estate.credentials.filter((one) => one.service === service.id)),
      ];
      const path = posix.join(folder, 'reeve.yaml');
      return { service: service.id, path, text: `${lines.join('\n')}\n` };
    })
    .toSorted((a, b) => compareText(a.path, b.path));
}

function isDeclaration({ reader }: Service['sources'][number]): boolean {
  return reader === 'declarations';
}

function head({ name, namespace, owner, criticality }: Service): string[] {
  const named = [`name: ${scalar(name)}`, `namespace: ${scalar(namespace)}`];
  if (owner !== null) named.push(`owner: ${scalar(owner)}`);
  return [
    'apiVersion: reeve.dev/v1',
    'kind: Service',
    `metadata: { ${named.join(', ')} }`,
    ...(owner === null ? [comment('owner: the team that answers for it')] : []),
    'spec:',
    ...(criticality === null ? [] : [`  # criticality: ${criticality}`]),
  ];
}

function exposes(endpoints: readonly Endpoint[], folder: string): string[] {
  const shown = endpoints.filter(({ visibility }) => visibility === 'shown');
  const files = new Map<string, string>();
  for (const { protocol, declaredIn } of shown) {
    for (const { file } of declaredIn) files.set(file, SPECIFICATION_OF[protocol]);
  }
  const specified = [...files]
    .sort(([a], [b]) => compareText(a, b))
    .map(([file, kind]) => `    - ${kind}: ${scalar(posix.relative(folder, file))}`);
  const others = shown.filter(({ declaredIn }) => declaredIn.length === 0).map(operationOf);
  if (specified.length + others.length === 0) return [];
  if (specified.length === 0) return ['  exposes:', ...list('operations', others)];
  // nobody should declare by accident what a specification has left out
  const left = [...new Set(others)].sort(compareText).map((one) => `    # in none of them: ${one}`);
  return ['  exposes:', ...specified, ...left];
}

function calls(
  caller: Service,
  all: readonly Call[],
  serviceOf: ReadonlyMap<string, Service>,
): string[] {
  const callees = [...Map.groupBy(all, ({ to }) => to)].flatMap(([to, made]) => {
    const callee = serviceOf.get(to);
    return callee === undefined || callee.kind === 'external' ? [] : [{ callee, made }];
  });
  if (callees.length === 0) return ['  calls: []'];
  return [
    '  calls:',
    ...callees
      .toSorted((a, b) => compareText(a.callee.id, b.callee.id))
      .flatMap(({ callee, made }) => call(caller, callee, made)),
  ];
}

function call(caller: Service, callee: Service, made: readonly Call[]): string[] {
  const operations = made.map(({ operation }) => operation).filter((one) => one !== '*');
  const elsewhere = callee.namespace !== caller.namespace;
  return [
    `    - service: ${scalar(callee.name)}`,
    ...(elsewhere ? [key(3, 'namespace', callee.namespace)] : []),
    ...(operations.length > 0
      ? list('operations', operations, 3)
      : callee.kind === 'datastore'
        ? []
        : ['      # every operation: name those that it needs']),
  ];
}

function credentials(all: readonly Credential[]): string[] {
  if (all.length === 0) return [];
  return [
    '  credentials:',
    ...[...new Set(all.map(credential))].sort(compareText),
    '      # rotation: { every: 30d }',
  ];
}

/** By the name of its Secret; which of its keys it is does not matter. */
function credential({ name, kind }: Credential): string {
  const [secret = name] = name.split('/');
  return `    - { name: ${scalar(secret)}, kind: ${scalar(kind)} }`;
}

function operationOf(endpoint: Endpoint): string {
  return writeOperation(endpoint);
}

/** A list of texts: on one line where it fits, else one a line. */
function list(name: string, items: readonly string[], depth = 2): string[] {
  const indent = '  '.repeat(depth);
  const begin = depth === 2 ? `${indent}- ` : indent;
  const written = [...new Set(items)].sort(compareText).map((item) => JSON.stringify(item));
  const line = `${begin}${name}: [${written.join(', ')}]`;
  if (line.length <= 100) return [line];
  const deeper = ' '.repeat(begin.length + 2);
  return [`${begin}${name}:`, ...written.map((item) => `${deeper}- ${item}`)];
}
