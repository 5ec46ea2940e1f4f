import type { CallObservation, Subject, VariableUseObservation } from '../../estate/index.ts';
import type { Named } from './registry.ts';

type Resolve = (subject: Subject) => Named | undefined;

/** Leaves out the calls to addresses that a service is handed in a bundle of variables and does not
 *  read. A ConfigMap of every address there is says nothing about whom one of its readers calls; the
 *  reader's code does, where it names variables of the bundle at all (a framework may read them under
 *  other names). */
export function callsThatCodeReads(
  calls: readonly CallObservation[],
  uses: readonly VariableUseObservation[],
  resolve: Resolve,
): readonly CallObservation[] {
  const named = namesByService(uses, resolve);
  const selective = new Set(
    calls.filter((call) => isNamed(call, named, resolve)).map((call) => bundleOf(call, resolve)),
  );
  return calls.filter(
    (call) =>
      call.variable === undefined ||
      isNamed(call, named, resolve) ||
      !selective.has(bundleOf(call, resolve)),
  );
}

function namesByService(
  uses: readonly VariableUseObservation[],
  resolve: Resolve,
): ReadonlyMap<string, ReadonlySet<string>> {
  const named = new Map<string, Set<string>>();
  for (const { subject, names } of uses) {
    const service = resolve(subject);
    if (!service) continue;
    const all = named.get(service.id) ?? new Set();
    for (const name of names) all.add(name);
    named.set(service.id, all);
  }
  return named;
}

function isNamed(
  { from, variable }: CallObservation,
  named: ReadonlyMap<string, ReadonlySet<string>>,
  resolve: Resolve,
): boolean {
  const caller = resolve(from);
  if (!variable || !caller) return false;
  return named.get(caller.id)?.has(variable.name) ?? false;
}

/** One bundle as one service is handed it. */
function bundleOf({ from, variable }: CallObservation, resolve: Resolve): string {
  return `${resolve(from)?.id ?? ''}\n${variable?.bundle ?? ''}`;
}
