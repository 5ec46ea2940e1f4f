import { type Api, type Operation, operationKey } from './api.ts';
import { anyStyle, type Pool, Pools } from './pools.ts';
import { PROBE_SHARE, probe } from './probes.ts';
import type { Profile } from './profiles.ts';
import { type Random, shuffled } from './random.ts';
import { answer, skewedCounts } from './skew.ts';
import type {
  Request,
  Traffic,
  TrafficGenerator,
  TrafficWanted,
  TrueOperation,
} from './traffic.ts';
import { freeValues, ownWords } from './vocabulary.ts';

/** Draws every request by itself: an operation by how often it is asked, values from pools. */
export function poolTraffic(profile: Profile): TrafficGenerator {
  return {
    name: profile.name,
    generate: (api, wanted, random) => generate(profile, api, wanted, random),
  };
}

function generate(profile: Profile, api: Api, wanted: TrafficWanted, random: Random): Traffic {
  const all = withSiblings(api.operations, profile, random.fork('siblings'));
  const pools = new Pools({
    profile,
    style: wanted.style,
    habit: anyStyle(profile, random.fork('habit')),
    own: ownWords(api.operations),
    isFree: freeValues(all),
    random: random.fork('pools'),
  });
  const writers = all.map((operation) => writerOf(operation, pools));
  const operations = all.map((operation, index): TrueOperation => {
    const styles = (writers[index] ?? []).flatMap((part) => (part.pool ? [part.pool.style] : []));
    const isClosed = operation.parameters.some((parameter) => parameter.values !== undefined);
    return { ...operation, styles, isClosed };
  });
  const counts = skewedCounts(
    all.length,
    wanted.requests,
    profile.operationExponent,
    random.fork('counts'),
  );
  const requests: Request[] = [];
  const source = random.fork('requests');
  counts.forEach((count, truth) => {
    const method = all[truth]?.method ?? 'GET';
    for (let done = 0; done < count; done++) {
      const slash = source.chance(profile.trailingSlash) ? '/' : '';
      const path = written(writers[truth] ?? [], source) + slash;
      requests.push({ method, path, status: answer(method, profile.failures, source), truth });
    }
  });
  const probes = Math.round(requests.length * PROBE_SHARE);
  for (let done = 0; done < probes; done++) requests.push(probe(operations, source));
  return { api: api.provider, operations, requests: shuffled(requests, random.fork('order')) };
}

interface Part {
  readonly literal: string;
  /** What follows the literal, if anything. */
  readonly pool?: Pool;
}

function writerOf({ template, parameters }: Operation, pools: Pools): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let index = 0;
  for (const match of template.matchAll(/\{[^{}]*\}/g)) {
    const parameter = parameters[index++] ?? { name: match[0] };
    const pool = pools.at(template.slice(0, match.index), parameter);
    parts.push({ literal: template.slice(from, match.index), pool });
    from = match.index + match[0].length;
  }
  return [...parts, { literal: template.slice(from) }];
}

function written(parts: readonly Part[], random: Random): string {
  let path = '';
  for (const { literal, pool } of parts) {
    path += literal;
    if (pool) path += pool.value(path, random);
  }
  return path;
}

/** Adds literals beside parameters at the end of a path that is read. */
function withSiblings(
  operations: readonly Operation[],
  profile: Profile,
  random: Random,
): Operation[] {
  const keys = new Set(operations.map(({ method, template }) => operationKey(method, template)));
  const added = operations.flatMap((operation) => {
    const { method, template, parameters } = operation;
    if (method !== 'GET' || !/\/\{[^{}/]*\}$/.test(template)) return [];
    if (!random.chance(profile.siblingShare)) return [];
    const sibling = template.replace(/\{[^{}]*\}$/, random.pick(profile.siblings));
    if (keys.has(operationKey(method, sibling))) return [];
    keys.add(operationKey(method, sibling));
    return [{ method, template: sibling, parameters: parameters.slice(0, -1) }];
  });
  return [...operations, ...added];
}
