import { listAt, textAt } from '../../base/pick.ts';
import type { Workload } from '../kubernetes/workload.ts';

/** More combinations of methods and paths in one rule are said as `*`. */
const MAX_OPERATIONS = 1_000;

/** The operations of a rule as `METHOD /path` in Istio's own patterns (`/info*`, `/v1/{*}`), either of
 *  them `*` where it is not limited, and `*` for everything. What no permission can say (excluded paths,
 *  hosts, some of several ports) widens what is allowed, and takes away from what is denied. */
export function operationsOf(
  rule: unknown,
  effect: 'allow' | 'deny',
  workload: Workload,
): readonly string[] {
  const items = listAt(rule, 'to');
  if (items.length === 0) return ['*'];
  const operations = items.flatMap((item) => operationsOfItem(item, effect, workload));
  if (operations.includes('*')) return ['*'];
  if (operations.length > MAX_OPERATIONS)
    return effect === 'allow' ? ['*'] : operations.slice(0, MAX_OPERATIONS);
  return [...new Set(operations)];
}

function operationsOfItem(item: unknown, effect: 'allow' | 'deny', workload: Workload): string[] {
  const texts = (field: string) =>
    listAt(item, 'operation', field).flatMap((value) => textAt(value) ?? []);
  if (effect === 'deny') {
    if (UNSAID.some((field) => texts(field).length > 0)) return [];
    if (!coversEveryPort(texts('ports'), workload)) return [];
  } else if (texts('ports').length > 0 && !concerns(texts('ports'), workload)) return [];
  const methods = methodsOf(texts('methods'), texts('notMethods'));
  const paths = texts('paths').slice(0, MAX_OPERATIONS);
  if (methods.length === 0 && paths.length === 0) return ['*'];
  return orAny(methods).flatMap((method) =>
    orAny(paths).map((path) => (method === '*' && path === '*' ? '*' : `${method} ${path}`)),
  );
}

const UNSAID = ['notPaths', 'notPorts', 'hosts', 'notHosts'];

/** Whether a rule is for some hosts, ports or paths only, even where no permission can say so. */
export function limitsOperations(rule: unknown): boolean {
  const items = listAt(rule, 'to');
  return (
    items.length > 0 &&
    items.every((item) =>
      [...UNSAID, 'ports'].some((field) => listAt(item, 'operation', field).length > 0),
    )
  );
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

function methodsOf(wanted: readonly string[], excluded: readonly string[]): readonly string[] {
  if (wanted.includes('*') || (wanted.length === 0 && excluded.length === 0)) return [];
  const all = wanted.length > 0 ? wanted.slice(0, MAX_OPERATIONS) : METHODS;
  return all.filter((method) => !excluded.includes(method));
}

function orAny(list: readonly string[]): readonly string[] {
  return list.length === 0 ? ['*'] : list;
}

function coversEveryPort(ports: readonly string[], workload: Workload): boolean {
  if (ports.length === 0) return true;
  return (
    workload.ports.length > 0 &&
    workload.ports.every(({ number }) => ports.includes(String(number)))
  );
}

/** A workload that names no ports may have any. */
function concerns(ports: readonly string[], workload: Workload): boolean {
  return (
    workload.ports.length === 0 ||
    workload.ports.some(({ number }) => ports.includes(String(number)))
  );
}
