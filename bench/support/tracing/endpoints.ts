import type { Endpoint, Estate, Workload } from './model.ts';
import { THINGS } from './names.ts';
import type { Random } from './random.ts';
import { SHAPE } from './settings.ts';

const HTTP: readonly (readonly [method: string, tail: string])[] = [
  ['GET', '/{id}'],
  ['GET', ''],
  ['POST', ''],
  ['PUT', '/{id}'],
  ['DELETE', '/{id}'],
  ['POST', '/{id}/approve'],
  ['GET', '/{id}/history'],
  ['GET', '/export'],
  ['POST', '/search'],
];
const KINDS_OF_DATA = [['pii'], ['pci'], ['pii', 'pci']];

/** What a workload can be asked for: a few things much, others seldom. */
export function drawEndpoints(estate: Estate, workload: Workload): void {
  const { random } = estate;
  const isSensitive = workload.tier > 1 && random.chance(SHAPE.sensitiveServices);
  const data = random.pick(KINDS_OF_DATA);
  const count = countOf(random, workload);
  const isGrpc = random.chance(0.4);
  const things = random.shuffled(THINGS).slice(0, 1 + Math.floor(count / 4));
  for (let place = 0; place < count; place++) {
    const sensitivity = isSensitive && random.chance(SHAPE.sensitive) ? data : [];
    addEndpoint(estate, workload, {
      ...operation(random, workload, things[place % things.length] ?? 'thing', place, isGrpc),
      sensitivity,
      popularity: (place + 1) ** -1.1,
    });
  }
}

function countOf(random: Random, { kind, tier }: Workload): number {
  if (kind === 'datastore') return 1;
  if (tier === 0) return 12 + Math.min(30, Math.floor(random.exponential(10)));
  return Math.min(40, 3 + Math.floor(random.exponential(10)));
}

type Wanted = Pick<Endpoint, 'protocol' | 'method' | 'template' | 'sensitivity' | 'popularity'>;

export function addEndpoint(estate: Estate, workload: Workload, wanted: Wanted): Endpoint {
  const endpoint: Endpoint = {
    ...wanted,
    number: estate.endpoints.length,
    workload,
    isDeclared: workload.isVouchedFor && !estate.random.chance(SHAPE.undeclaredEndpoints),
    calls: [],
  };
  estate.endpoints.push(endpoint);
  workload.endpoints.push(endpoint);
  return endpoint;
}

function operation(
  random: Random,
  workload: Workload,
  thing: string,
  place: number,
  isGrpc: boolean,
): Pick<Endpoint, 'protocol' | 'method' | 'template'> {
  const [method, tail] = HTTP[place % HTTP.length] ?? ['GET', ''];
  if (isGrpc) {
    const name = `${thing[0]?.toUpperCase()}${thing.slice(1)}`;
    const verb = random.pick(['Get', 'List', 'Put', 'Find', 'Check']);
    const template = `/${workload.namespace}.v1.${name}s/${verb}${name}${place}`;
    return { protocol: 'grpc', method: 'RPC', template };
  }
  return { protocol: 'http', method, template: `/v${1 + Math.floor(place / 9)}/${thing}s${tail}` };
}
