import { Fault, quote } from '../base/fault.ts';
import type { Endpoint, EstateStore } from '../estate/index.ts';

/** Endpoints read from the store at a time. */
const PAGE = 1_000;

/** @throws {Fault} `inventory/service-not-found` */
export async function checkService(store: EstateStore, id: string): Promise<void> {
  const { total } = await store.services({ limit: 1, filter: { id } });
  if (total > 0) return;
  throw new Fault('inventory/service-not-found', `There is no service ${quote(id, 200)}`, {
    hint: '`reeve services` lists every service',
  });
}

/** The endpoints of a service that a filter lets through, a page at a time. */
export async function* endpointPages(
  store: EstateStore,
  service: string,
  filter: Readonly<Record<string, string>> = {},
): AsyncGenerator<readonly Endpoint[]> {
  let after: string | undefined;
  do {
    const page = await store.endpoints({
      limit: PAGE,
      filter: { ...filter, service },
      ...(after !== undefined && { after }),
    });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}
