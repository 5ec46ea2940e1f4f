/** What an attacker would do to the shop, step by step, over its front alone. Nothing is broken, and nothing is kept of
 *  what comes back. */

/** One step, and what came of it. */
export interface Step {
  readonly name: 'entry' | 'escalation' | 'detour' | 'impact';
  /** A sentence: what is tried. */
  readonly tried: string;
  /** As the front answered. */
  readonly status: number;
  /** A sentence: what came back, without any value. */
  readonly outcome: string;
}

interface Plan {
  readonly name: Step['name'];
  readonly tried: string;
  readonly service: string;
  readonly path: string;
  /** What of an answer is of use, in words; may remember what it needs later. */
  readonly use: (answer: unknown, loot: Loot) => string;
}

/** What was found on the way. */
interface Loot {
  token: string | undefined;
}

const PLANS: readonly Plan[] = [
  {
    name: 'entry',
    tried: 'GET /debug/fetch of web, which no specification has: does it ask others for us?',
    ...{ service: 'reviews', path: '/healthz' },
    use: () => 'web asked reviews for us, in its own name',
  },
  {
    name: 'escalation',
    tried: 'GET /internal/settings of reviews by way of web: reviews lets undeclared calls through',
    ...{ service: 'reviews', path: '/internal/settings' },
    use: (answer, loot) => {
      const { billing } = answer as { readonly billing?: { readonly accessToken?: unknown } };
      loot.token = typeof billing?.accessToken === 'string' ? billing.accessToken : undefined;
      return loot.token ? 'a token of billing, years old' : 'settings, and no token';
    },
  },
  {
    name: 'detour',
    tried: 'GET /internal/export of orders by way of web: does orders let us, too?',
    ...{ service: 'orders', path: '/internal/export' },
    use: () => 'all orders',
  },
  {
    name: 'impact',
    tried: 'GET /invoices of legacy-billing by way of web, with that token',
    ...{ service: 'legacy-billing', path: '/invoices' },
    use: (answer) => {
      const { invoices } = answer as { readonly invoices?: readonly unknown[] };
      return `${invoices?.length ?? 0} invoices`;
    },
  },
];

/** Whoever does not answer by then does not. */
export const REQUEST_MS = 10_000;

/** Plays the drill, and ends where the front itself refuses.
 *  @param webUrl `http://127.0.0.1:PORT` of the shop's front
 *  @param onStep hears of each step as it is over */
export async function playDrill(
  webUrl: string,
  onStep: (step: Step) => void = () => {},
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const loot: Loot = { token: undefined };
  for (const plan of PLANS) {
    const { step, isShut } = await tryOne(webUrl, plan, loot);
    steps.push(step);
    onStep(step);
    if (isShut) break;
  }
  return steps;
}

async function tryOne(webUrl: string, plan: Plan, loot: Loot) {
  const { name, tried, service, path, use } = plan;
  const query = new URLSearchParams({ service, path });
  const response = await fetch(`${webUrl}/debug/fetch?${query}`, {
    headers: loot.token === undefined ? {} : { authorization: `Bearer ${loot.token}` },
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const answer: unknown = await response.json().catch(() => ({}));
  const { status } = response;
  const outcome = response.ok ? use(answer, loot) : `refused: ${reasonOf(answer)}`;
  return { step: { name, tried, status, outcome }, isShut: status === 403 };
}

/** Problem details (RFC 9457) say it in `detail`, the shop's own errors in `message`. */
function reasonOf(answer: unknown): string {
  const { detail, message } = answer as { readonly detail?: unknown; readonly message?: unknown };
  return String(detail ?? message ?? 'without a reason');
}
