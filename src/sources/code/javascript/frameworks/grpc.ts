import type { SyntaxNode } from '../../parse.ts';
import { entryOf } from '../../table.ts';
import type { ExternalValue, Value } from '../values.ts';
import type { RouterCall } from './framework.ts';

type Registration = Omit<RouterCall, 'router' | 'method'>;

/** The interface of the health checking protocol. */
const HEALTH = 'grpc.health.v1.Health';
const GRPC_PACKAGES = new Set(['@grpc/grpc-js', 'grpc']);

/** `server.addService(proto.shop.CartService.service, …)` of grpc-js, `router.service(CartService, …)`
 *  and `router.rpc(CartService, …)` of Connect: the interface that is implemented here.
 *  @see @grpc/grpc-js Server.addService; Connect for Node.js, "Implementing services" */
export function serviceRegistration(receiver: Value, method: string, site: Registration): void {
  const [first] = site.arguments;
  const node = site.nodes[0];
  if (first === undefined || node === undefined || site.nodes.length < 2) return;
  const register = entryOf(REGISTRATIONS, method);
  const name = register?.(receiver, first, node);
  if (name !== undefined) site.world.implement(name, site.place, 'grpc');
}

type ToInterface = (receiver: Value, service: Value, node: SyntaxNode) => string | undefined;

const connect: ToInterface = (receiver, service, node) => {
  const isRouter = receiver.kind === 'unknown' || receiver.kind === 'external';
  const isName = node.kind() === 'identifier' || node.kind() === 'member_expression';
  if (!isRouter || !isName || !/Service|Api$|^[A-Z]/.test(lastName(node.text()))) return undefined;
  return service.kind === 'text' ? undefined : lastName(node.text());
};

const REGISTRATIONS: Readonly<Record<string, ToInterface>> = {
  addService: (_, service, node) => loadedName(service) ?? writtenName(node),
  addProtoService: (_, service, node) => loadedName(service) ?? writtenName(node),
  service: connect,
  rpc: connect,
};

/** Whether a method of this name may register a service. */
export function isServiceRegistration(method: string): boolean {
  return Object.hasOwn(REGISTRATIONS, method);
}

/** Of what a package definition holds: the steps after it was loaded. */
function loadedName(value: Value): string | undefined {
  if (value.kind === 'external' && value.module === 'grpc-js-health-check') return HEALTH;
  if (value.kind !== 'external' || !GRPC_PACKAGES.has(value.module)) return undefined;
  const steps = stepsAfterLoading(value);
  const names = steps.at(-1) === 'service' ? steps.slice(0, -1) : steps;
  return names.length === 0 ? undefined : names.join('.');
}

function stepsAfterLoading({ path }: ExternalValue): readonly string[] {
  return path.slice(path.lastIndexOf('()') + 1);
}

/** `proto.CartService.service` is `CartService`; generated code exports `CartServiceService`. */
function writtenName(node: SyntaxNode): string | undefined {
  const text = node.text();
  if (!/^[\w$.]+$/.test(text)) return undefined;
  if (text.endsWith('.service')) return lastName(text.slice(0, -'.service'.length));
  const name = lastName(text);
  return /.Service$/.test(name) ? name.replace(/Service$/, '') : name;
}

function lastName(text: string): string {
  return text.slice(text.lastIndexOf('.') + 1);
}
