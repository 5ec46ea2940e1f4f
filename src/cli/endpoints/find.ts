import { Fault, quote } from '../../base/fault.ts';
import type { Endpoint, Service } from '../../estate/index.ts';
import { ask, type ServerFlags } from '../client.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
}

const PAGE = 1_000;
/** Pages of candidates that are looked through. */
const MAX_PAGES = 20;
const MAX_NAMED = 5;
/** Longest search that a server takes. */
const MAX_SEARCH = 400;

/** The service of this id or name.
 *  @throws {Fault} `client/service-not-found`, `client/service-invalid` where several have the name */
export async function findService(flags: ServerFlags, text: string): Promise<string> {
  const query = new URLSearchParams({ search: text.slice(0, MAX_SEARCH), limit: String(PAGE) });
  const { items } = await ask<Page<Service>>(flags, `/api/v1/services?${query}`);
  const exact = items.find(({ id }) => id === text);
  const named = exact ? [exact] : items.filter(({ id }) => `/${id}`.endsWith(`/${text}`));
  return only(named, text, 'service', '`reeve services` lists every service').id;
}

/** The endpoint of this id, or the only one of this operation: `GET /orders/{id}`, `/orders/{id}` of any
 *  method. Names of parameters do not matter.
 *  @throws {Fault} `client/endpoint-not-found`, `client/endpoint-invalid` where several are meant */
export async function findEndpoint(
  flags: ServerFlags,
  text: string,
  service: string | undefined,
): Promise<Endpoint> {
  const byId = await ask<Page<Endpoint>>(
    flags,
    `/api/v1/endpoints?${new URLSearchParams({ id: text })}`,
  );
  if (byId.items[0]) return byId.items[0];
  const [, method, template = text] = /^([A-Z]+) (.+)$/s.exec(text) ?? [];
  const serviceId = service === undefined ? undefined : await findService(flags, service);
  const candidates = await candidatesFor(flags, template, method, serviceId);
  const same = candidates.filter((endpoint) => endpoint.template === template);
  const shape = shapeOf(template);
  const found =
    same.length > 0 ? same : candidates.filter((endpoint) => shapeOf(endpoint.template) === shape);
  const hint = '`reeve endpoints --visibility all` lists every endpoint';
  return only(found, text, 'endpoint', hint);
}

async function candidatesFor(
  flags: ServerFlags,
  template: string,
  method: string | undefined,
  service: string | undefined,
): Promise<Endpoint[]> {
  // parameters go by other names, so only what lies between them is searched for
  const literals = template.replace(/\{[^{}]*\}/g, ' ').trim();
  const query = new URLSearchParams({
    search: literals.slice(0, MAX_SEARCH),
    visibility: 'all',
    limit: String(PAGE),
    ...(method !== undefined && { method }),
    ...(service !== undefined && { service }),
  });
  const found: Endpoint[] = [];
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await ask<Page<Endpoint>>(flags, `/api/v1/endpoints?${query}`);
    found.push(...page.items);
    if (page.next === null) break;
    query.set('after', page.next);
  }
  return found;
}

function shapeOf(template: string): string {
  return template.replace(/\{[^{}]*\}/g, '{}');
}

function only<Item extends { readonly id: string }>(
  found: readonly Item[],
  text: string,
  noun: 'service' | 'endpoint',
  hint: string,
): Item {
  const [one, ...others] = found;
  if (one === undefined) {
    throw new Fault(`client/${noun}-not-found`, `There is no ${noun} ${quote(text, 200)}`, {
      hint,
    });
  }
  if (others.length === 0) return one;
  const named = found.slice(0, MAX_NAMED).map(({ id }) => quote(id, 200));
  const more = found.length - named.length;
  throw new Fault(
    `client/${noun}-invalid`,
    `${quote(text, 200)} can mean ${found.length} ${noun}s: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    {
      hint:
        noun === 'endpoint' ? 'name one by its id, or give its --service' : 'name one by its id',
    },
  );
}
