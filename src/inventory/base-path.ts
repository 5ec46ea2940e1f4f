import type { EndpointRecord } from '../estate/index.ts';
import { shapeOf } from './shape.ts';

/** A record with the shape of its template, which is looked at many times. */
export interface Shaped {
  readonly record: EndpointRecord;
  readonly shape: string;
}

/** Specifications often carry a base path that a gateway strips before the code sees it (or the
 *  other way round). Where no declared path meets an implemented one as written, but at least half of
 *  the declared ones do once a common prefix is taken away, the prefix is that base path. What may be
 *  no endpoint at all has no say in it.
 *  Returns the shape that each moved record is compared by. */
export function alignBasePath(endpoints: readonly Shaped[]): ReadonlyMap<EndpointRecord, string> {
  const http = endpoints.filter(
    ({ record }) => record.protocol === 'http' && !record.operational && record.doubt === undefined,
  );
  const declared = http.filter(({ record }) => isSaid(record, 'declared'));
  const others = http.filter(({ record }) => isSaid(record, 'otherwise'));
  const moved = new Map<EndpointRecord, string>();
  for (const [from, to] of [
    [declared, others],
    [others, declared],
  ] as const) {
    const targets = new Set(to.map(keyOf));
    if (moved.size > 0 || from.some((one) => targets.has(keyOf(one)))) continue;
    const prefix = basePathOf(from, targets);
    if (prefix === undefined) continue;
    for (const { record } of from) moved.set(record, under(prefix, record));
  }
  return moved;
}

function isSaid({ sources }: EndpointRecord, how: 'declared' | 'otherwise'): boolean {
  return sources.some((source) => (source.how === 'declared') === (how === 'declared'));
}

/** Of all prefixes that the templates share, the one without which most of them, and at least half,
 *  meet a target: resources of one name (`/shop/items`, `/shop/items/{id}`) share more than the base
 *  path. */
function basePathOf(shaped: readonly Shaped[], targets: ReadonlySet<string>): string | undefined {
  let best: { prefix: string; hits: number } | undefined;
  const common = commonPrefix(shaped.map(({ record }) => record.template));
  for (let prefix = common; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
    const hits = shaped.filter(({ record }) =>
      targets.has(`${record.method} ${under(prefix, record)}`),
    ).length;
    if (hits * 2 >= shaped.length && hits > (best?.hits ?? 0)) best = { prefix, hits };
  }
  return best?.prefix;
}

/** The shape of a record's template without a prefix of it. */
function under(prefix: string, { template }: EndpointRecord): string {
  return shapeOf(template.slice(prefix.length) || '/');
}

function keyOf({ record, shape }: Shaped): string {
  return `${record.method} ${shape}`;
}

/** The longest run of whole literal segments that all templates begin with and that none consists of;
 *  nothing for a single template, whose base path cannot be told. */
function commonPrefix(templates: readonly string[]): string {
  const [first, ...rest] = templates.map((template) => template.split('/'));
  if (!first || rest.length === 0) return '';
  const shortest = rest.reduce((least, { length }) => Math.min(least, length), first.length);
  let length = 0;
  while (
    length < shortest - 1 &&
    !first[length]?.includes('{') &&
    rest.every((segments) => segments[length] === first[length])
  ) {
    length++;
  }
  return first.slice(0, length).join('/');
}
