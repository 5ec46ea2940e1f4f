import type { ListQuery, Page } from '../estate/index.ts';

const PAGE = 1_000;

/** All rows of a list of the estate, over as many pages as they take. */
export async function allOf<Item>(
  read: (query: ListQuery) => Promise<Page<Item>>,
  filter: Readonly<Record<string, string>> = {},
): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await read({ limit: PAGE, filter, ...(after !== undefined && { after }) });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

/** Of several services, one after the other. */
export async function ofEach<Item>(
  services: Iterable<string>,
  read: (service: string) => Promise<readonly Item[]>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (const service of services) items.push(...(await read(service)));
  return items;
}
