import { type Api, type Operation, operationKey } from '../api.ts';
import type { Random } from '../random.ts';
import { shuffled } from '../random.ts';
import {
  PROBE,
  type Request,
  type Traffic,
  type TrafficGenerator,
  type TrafficWanted,
  type TrueOperation,
} from '../traffic.ts';
import { freeValues, ownWords } from '../vocabulary.ts';
import { Place, placeKey } from './places.ts';
import { stray } from './strays.ts';
import { ALIASES } from './words.ts';

const PROBES = 0.02;
const ALIAS_SHARE = 0.12;
const SELDOM_SHARE = 0.25;
/** Of the logarithm of how often operations are asked for. */
const SPREAD = 1.3;
const SLASH_SHARE = 0.005;
const STICKS = 0.7;

/** Sessions: a client takes up some operations one after the other and stays with the things that it
 *  once asked for; things come up as time goes on. */
export const sessions: TrafficGenerator = { name: 'sessions', generate };

function generate(api: Api, wanted: TrafficWanted, random: Random): Traffic {
  const all = [...api.operations, ...aliases(api.operations, random.fork('aliases'))];
  const places = new Map<string, Place>();
  const own = ownWords(api.operations);
  const isFree = freeValues(all);
  const placed = all.map(({ template, parameters }) =>
    [...template.matchAll(/\{[^{}]*\}/g)].map((match, index) => {
      const prefix = template.slice(0, match.index);
      const key = placeKey(prefix);
      const place =
        places.get(key) ??
        new Place(
          prefix,
          parameters[index] ?? { name: '' },
          wanted.style,
          own,
          (value) => isFree(prefix, value),
          random.fork(`place ${key}`),
        );
      places.set(key, place);
      return place;
    }),
  );
  const operations = all.map((operation, index): TrueOperation => {
    const styles = (placed[index] ?? []).map(({ style }) => style);
    return { ...operation, styles, isClosed: styles.includes(undefined) };
  });
  const source = random.fork('requests');
  const requests: Request[] = [];
  for (const session of sessionsOf(schedule(all.length, wanted.requests, source), source)) {
    const held = new Map<Place, string>();
    const failure = source.chance(0.03) ? source.pick([401, 403, 500, 503]) : 0;
    for (const truth of session) {
      const operation = all[truth];
      if (!operation) continue;
      const path = write(operation.template, placed[truth] ?? [], held, source);
      requests.push({
        method: operation.method,
        path: path + (source.chance(SLASH_SHARE) ? '/' : ''),
        status: failure || statusOf(operation.method, source),
        truth,
      });
      if (source.chance(PROBES)) requests.push({ ...stray(path, source), truth: PROBE });
    }
  }
  return { api: api.provider, operations, requests };
}

/** A literal where a parameter may stand, at the end of a path or before a literal. */
function aliases(operations: readonly Operation[], random: Random): Operation[] {
  const keys = new Set(operations.map(({ method, template }) => operationKey(method, template)));
  return operations.flatMap(({ method, template, parameters }) => {
    const places = [...template.matchAll(/(?<=\/)\{[^{}/]*\}(?=\/|$)/g)];
    if (method !== 'GET' || places.length === 0 || !random.chance(ALIAS_SHARE)) return [];
    const match = random.pick(places);
    const alias = template.slice(0, match.index) + random.pick(ALIASES);
    const added = alias + template.slice(match.index + match[0].length);
    if (keys.has(operationKey(method, added))) return [];
    keys.add(operationKey(method, added));
    const nth = [...template.slice(0, match.index).matchAll(/\{/g)].length;
    return [{ method, template: added, parameters: parameters.toSpliced(nth, 1) }];
  });
}

/** Every request's operation: a quarter of the operations one to four times, the others by a
 *  log-normal law, at least five times. */
function schedule(operations: number, requests: number, random: Random): number[] {
  const order = shuffled([...Array(operations).keys()], random);
  const seldom = Math.round(operations * SELDOM_SHARE);
  const weights = order.slice(seldom).map(() => Math.exp(SPREAD * normal(random)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const turns = order.flatMap((operation, index) => {
    const weight = weights[index - seldom];
    const count =
      weight === undefined
        ? random.between(1, 4)
        : Math.max(5, Math.round((weight / sum) * requests));
    return Array<number>(count).fill(operation);
  });
  return shuffled(turns, random);
}

function* sessionsOf(turns: readonly number[], random: Random): Generator<readonly number[]> {
  for (let from = 0; from < turns.length; ) {
    const length = random.between(2, 14);
    yield turns.slice(from, from + length);
    from += length;
  }
}

function write(
  template: string,
  places: readonly Place[],
  held: Map<Place, string>,
  random: Random,
): string {
  let path = '';
  let index = 0;
  for (const part of template.split(/(\{[^{}]*\})/)) {
    const place = part.startsWith('{') ? places[index++] : undefined;
    path += place ? heldOr(place, path, held, random) : part;
  }
  return path;
}

/** Mostly the thing that the session already holds, if the path before it is the same. */
function heldOr(place: Place, path: string, held: Map<Place, string>, random: Random): string {
  const last = held.get(place);
  if (last?.startsWith(`${path}\n`) && random.chance(STICKS)) return last.slice(path.length + 1);
  const value = place.value(path, random);
  held.set(place, `${path}\n${value}`);
  return value;
}

function statusOf(method: string, random: Random): number {
  const draw = random.next();
  if (draw < 0.02) return 404;
  if (draw < 0.035) return 400;
  if (draw < 0.04) return 409;
  if (method === 'DELETE') return 204;
  return method === 'POST' && draw < 0.6 ? 201 : 200;
}

/** Standard normal, by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
