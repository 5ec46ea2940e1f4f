import type { Inbound, MtlsChange, Place, ServiceWords, State } from './model.ts';
import { placeOf, type Words } from './words.ts';

/** From the strongest. Where nothing is said, nothing is known to be demanded. */
const RANKS: readonly Inbound[] = ['strict', 'none', 'unknown', 'permissive', 'disabled'];
const WORDS: Readonly<Record<Inbound, string>> = {
  strict: 'only mutual TLS',
  none: 'what no mesh speaks of',
  unknown: 'what is not known',
  permissive: 'plain text beside mutual TLS',
  disabled: 'plain text',
};

interface Verdict {
  readonly inbound: Inbound;
  readonly because: string;
}

/** What services demand of their callers' connections, port by port, where that changes. A new service without a mesh
 *  changes nothing. */
export function mtlsChanges(base: State, head: State, words: Words): MtlsChange[] {
  const before = new Map(base.services.map((service) => [service.id, service]));
  return head.services.flatMap((service) => {
    const was = verdictsOf(before.get(service.id));
    const is = verdictsOf(service);
    const ports = new Set([...was.keys(), ...is.keys()]);
    return [...ports].flatMap((port) => {
      const from = was.get(port) ?? was.get(undefined);
      const to = is.get(port) ?? is.get(undefined) ?? { inbound: 'none', because: '' };
      const isNew =
        from === undefined && (to.inbound === 'permissive' || to.inbound === 'disabled');
      if (!isNew && (from === undefined || from.inbound === to.inbound)) return [];
      const worse = isNew || rank(to.inbound) > rank(from?.inbound ?? 'strict');
      return [toChange(service, port, from, to, worse, head, words)];
    });
  });
}

function toChange(
  service: ServiceWords,
  port: number | undefined,
  from: Verdict | undefined,
  to: Verdict,
  worse: boolean,
  head: State,
  words: Words,
): MtlsChange {
  const where = port === undefined ? '' : ` on port ${port}`;
  return {
    layer: 'mtls',
    change: from === undefined ? 'added' : 'changed',
    from: 'anyone',
    to: words.nameOf(service.id),
    gained: worse ? [`${WORDS[to.inbound]}${where}`] : [],
    lost: worse || from === undefined ? [] : [`${WORDS[from.inbound]}${where}`],
    place: placeOfVerdict(service, to, head),
    after: to.inbound,
    worse,
  };
}

/** The weakest where several meshes speak of a port. */
function verdictsOf(service: ServiceWords | undefined): Map<number | undefined, Verdict> {
  const verdicts = new Map<number | undefined, Verdict>();
  for (const { port, inbound, because } of service?.postures ?? []) {
    const known = verdicts.get(port);
    if (!known || rank(inbound) > rank(known.inbound)) verdicts.set(port, { inbound, because });
  }
  return verdicts;
}

function rank(inbound: Inbound): number {
  return RANKS.indexOf(inbound);
}

/** The object that lets plain text in, else what deploys the service. */
function placeOfVerdict(
  service: ServiceWords,
  { because }: Verdict,
  { weaknesses }: State,
): Place | undefined {
  const weakness = weaknesses.find(
    ({ control, subject, object }) =>
      control.startsWith('identity/mtls-') && subject === service.id && because.startsWith(object),
  );
  return placeOf(weakness?.source ?? service.sources.find(({ file }) => file), 'head');
}
