import { compareText } from '../../base/diagnostic.ts';
import type { NetworkPort } from '../../estate/index.ts';
import type { CalleeRules, CallerRules, OperationRule, PolicyService } from '../model/index.ts';
import type { Notice, PlacedWorkload, Placement, PodSelector, TargetContext } from './compiled.ts';
import { objectName } from './manifests.ts';

/** Every service of a policy as a callee, by id: one that nobody may call has rules, too. */
export function calleesOf(
  rules: readonly CalleeRules[],
  { policy }: Pick<TargetContext, 'policy'>,
): CalleeRules[] {
  const byId = new Map<string, CalleeRules>(
    policy.services.map((service) => [service.id, { service, mode: service.mode, callers: [] }]),
  );
  for (const one of rules) byId.set(one.service.id, one);
  return [...byId.values()].sort((a, b) => compareText(a.service.id, b.service.id));
}

/** Pods of a service that one selector selects, and all that listens in them. */
export interface PodGroup {
  /** What to call it: the service's name, or a longer one where a service has several groups. */
  readonly name: string;
  /** The same, for names of objects. */
  readonly parts: readonly [service: string, ...workload: string[]];
  readonly selector: PodSelector;
  /** By number and transport. */
  readonly ports: readonly Omit<NetworkPort, 'name'>[];
}

/** The pods of a service that can be selected. */
export function podGroupsOf(name: string, placement: Placement): PodGroup[] {
  const selectable = placement.workloads.filter(isSelectable);
  const groups = [...Map.groupBy(selectable, ({ selector }) => JSON.stringify(selector)).values()];
  return groups.flatMap((workloads) => {
    const [first] = workloads;
    if (!first) return [];
    const parts: PodGroup['parts'] = groups.length === 1 ? [name] : [name, first.name];
    const { selector } = first;
    return [{ name: parts.join('-'), parts, selector, ports: portsOf(workloads) }];
  });
}

type Selectable = PlacedWorkload & { readonly selector: PodSelector };

function isSelectable(workload: PlacedWorkload): workload is Selectable {
  return workload.selector !== undefined && !workload.hostNetwork;
}

function portsOf(workloads: readonly PlacedWorkload[]): PodGroup['ports'] {
  const ports = new Map(
    workloads
      .flatMap((workload) => workload.ports)
      .map(({ number, transport }) => [`${number}/${transport}`, { number, transport }] as const),
  );
  return [...ports.values()].sort(
    (a, b) => a.number - b.number || compareText(a.transport, b.transport),
  );
}

/** What keeps a service's pods from being selected. */
export function placeProblems(placement: Placement | undefined): string[] {
  if (!placement) return ['no workload of it is known'];
  return placement.workloads.flatMap(({ name, selector, hostNetwork }) => {
    if (hostNetwork) return [`${name} runs in the network of its host`];
    return selector ? [] : [`the labels of ${name} do not tell its pods from others`];
  });
}

/** What is to say of a callee's place, and of callers from outside the estate. */
export function noticesOfPlace(callee: CalleeRules, placement: Placement | undefined): Notice[] {
  const { service, mode, callers } = callee;
  const notice = (effect: Notice['effect'], message: string): Notice => ({
    service: service.id,
    effect,
    message,
  });
  const isElsewhere = !placement && service.kind !== 'workload';
  if (isElsewhere && callers.length === 0) return [];
  if (isElsewhere) return [notice('left', 'It runs elsewhere: nothing is enforced at it.')];
  const hosts = placement?.workloads.filter(({ hostNetwork }) => hostNetwork) ?? [];
  const problems = placeProblems(placement && without(placement, hosts));
  return [
    ...hosts.map(({ name }) =>
      notice('left', `Nothing is enforced at ${name}, which runs in the network of its host.`),
    ),
    ...problems.map((problem) => notice('denied', `Nobody is let in: ${problem}.`)),
    ...(mode === 'shadow'
      ? [notice('left', 'It is in shadow mode: everybody is let in, and nothing is logged of it.')]
      : []),
    ...(service.exposure === 'internet' && mode !== 'shadow' ? [notice('denied', UNPROVED)] : []),
  ];
}

const UNPROVED =
  'It is exposed to the internet, and callers from there prove nothing, so they are denied: let its ingress in by a policy of your own.';
/** Of targets that know nothing of requests. */
export const FLATTENED =
  'Its connections are let through whole: which requests it may send is left to what looks into them.';

function without(placement: Placement, some: readonly PlacedWorkload[]): Placement {
  return { ...placement, workloads: placement.workloads.filter((one) => !some.includes(one)) };
}

/** Where the file of a service stands: by environment, which has a cluster of its own, and namespace. */
export function filePathOf({ environment, namespace, name }: PolicyService): string {
  return [environment, namespace, name].map(objectName).join('/');
}

/** The namespaces in which something runs, or should, with the paths of their files. */
export function namespacesOf(
  callees: readonly CalleeRules[],
  { placements }: TargetContext,
): { readonly path: string; readonly environment: string; readonly namespace: string }[] {
  const all = callees.flatMap(({ service }) => {
    const { environment, namespace } = service;
    if (service.kind !== 'workload' && !placements.has(service.id)) return [];
    const path = [environment, namespace].map(objectName).join('/');
    return [[path, { path, environment, namespace }] as const];
  });
  return [...new Map(all).values()];
}

/** Whether connections say all that there is to say: of what does not speak HTTP, where everything is let in. */
export function isSaidByConnections({ service }: CalleeRules, { allowed }: CallerRules): boolean {
  return (
    service.kind === 'datastore' &&
    allowed.some(
      ({ method, exceptMethods, path, also, except, conditions }) =>
        method === '*' &&
        isEverything(path) &&
        exceptMethods.length + also.length + except.length + conditions.length === 0,
    )
  );
}

const isEverything = (path: string): boolean => path === '**' || path === '/**';

/** `METHOD /path`, for people. */
export function operationOf({ method, path }: OperationRule): string {
  const isEvery = isEverything(path);
  return method === '*' && isEvery ? '*' : `${method} ${isEvery ? '/**' : path}`;
}

/** A notice about one caller, with the line that declares its first call. */
export function aboutCaller(
  callee: CalleeRules,
  caller: CallerRules,
  effect: Notice['effect'],
  message: string,
): Notice {
  const source = caller.allowed[0]?.because[0];
  return {
    service: callee.service.id,
    caller: caller.services[0]?.id ?? caller.identities[0] ?? '',
    effect,
    message,
    ...(source && { source }),
  };
}

/** A notice about one operation of a caller. */
export function aboutOperation(
  callee: CalleeRules,
  caller: CallerRules,
  rule: OperationRule,
  message: string,
): Notice {
  const [source] = rule.because;
  return {
    ...aboutCaller(callee, caller, 'denied', message),
    operation: operationOf(rule),
    ...(source && { source }),
  };
}
