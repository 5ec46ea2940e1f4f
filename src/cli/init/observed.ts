import type { Call, JudgedEstate } from '../../estate/index.ts';
import { ask, type ServerFlags } from '../client.ts';

/** Calls read at a time. */
const PAGE = 1_000;

interface Page {
  readonly items: readonly Call[];
  readonly next: string | null;
}

/** The calls that a running server has observed.
 *  @throws {Fault} as `ask` */
export async function observedCalls(flags: ServerFlags): Promise<Call[]> {
  const calls: Call[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after !== null && { after }) });
    const page: Page = await ask(flags, `/api/v1/calls?${query}`);
    calls.push(...page.items.filter(({ observed }) => observed));
    after = page.next;
  } while (after !== null);
  return calls;
}

/** A scanned estate with calls of a running one: of the services that both know by namespace and name, whatever they
 *  call its environment. */
export function withCalls<Estate extends Pick<JudgedEstate, 'services' | 'calls'>>(
  estate: Estate,
  observed: readonly Call[],
): Estate {
  const idOf = new Map(estate.services.map(({ id }) => [withoutEnvironment(id), id]));
  const more = observed.flatMap((call) => {
    const from = idOf.get(withoutEnvironment(call.from));
    const to = idOf.get(withoutEnvironment(call.to));
    return from === undefined || to === undefined ? [] : [{ ...call, from, to }];
  });
  return { ...estate, calls: [...estate.calls, ...more] };
}

const withoutEnvironment = (id: string) => id.slice(id.indexOf('/') + 1);
