import { quote } from '../../../base/fault.ts';
import { isFields, listAt, numberAt, pick, textAt } from '../../../base/pick.ts';
import { type NetworkPortMatch, TRANSPORTS, type Transport } from '../../../estate/index.ts';
import { complain, type Field, inside } from './field.ts';

export const MAX_PORT = 65_535;
/** As many as anyone writes; the API server has no bound of its own but the size of an object. */
const MAX_PORTS = 10_000;

/** The ports of a rule of a NetworkPolicy; undefined where it names none and so means all.
 *  @see Kubernetes API, networking.k8s.io/v1 NetworkPolicyPort */
export function toPorts(rule: Field): readonly NetworkPortMatch[] | undefined {
  return readPorts(rule, 'ports', toPort);
}

/** The same of the policies of administrators.
 *  @see https://network-policy-api.sigs.k8s.io/reference/spec/ AdminNetworkPolicyPort */
export function toAdminPorts(rule: Field): readonly NetworkPortMatch[] | undefined {
  return readPorts(rule, 'ports', toAdminPort);
}

/** `protocols` of a ClusterNetworkPolicy, which has them in the place of ports. */
export function toProtocolPorts(rule: Field): readonly NetworkPortMatch[] | undefined {
  return readPorts(rule, 'protocols', toProtocolPort);
}

function readPorts(
  rule: Field,
  list: 'ports' | 'protocols',
  read: (port: Field) => readonly NetworkPortMatch[],
): readonly NetworkPortMatch[] | undefined {
  const items = listAt(rule.value, list);
  if (items.length === 0) return undefined;
  if (items.length > MAX_PORTS) {
    complain(
      inside(rule, items, list),
      'error',
      'ports-too-many',
      `holds ${items.length} ports; those beyond ${MAX_PORTS} were left out`,
    );
  }
  return items.slice(0, MAX_PORTS).flatMap((item, index) => read(inside(rule, item, list, index)));
}

function toPort(port: Field): readonly NetworkPortMatch[] {
  const transport = transportOf(port, pick(port.value, 'protocol'));
  if (!transport) return [];
  const first = pick(port.value, 'port');
  const last = pick(port.value, 'endPort');
  if (first === undefined || first === null) {
    if (last !== undefined) return refused(port, 'has an endPort without a port');
    return [{ kind: 'numbers', transport, first: 1, last: MAX_PORT }];
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) {
    if (last !== undefined) return refused(port, 'has an endPort beside the name of a port');
    return isPortName(first)
      ? [{ kind: 'name', name: first, transport }]
      : refused(port, `${quote(first)} is no name of a port`);
  }
  return range(port, transport, Number(textAt(first)), numberAt(port.value, 'endPort'));
}

function toAdminPort(port: Field): readonly NetworkPortMatch[] {
  const named = textAt(port.value, 'namedPort');
  if (named !== undefined) return [{ kind: 'name', name: named, transport: undefined }];
  const form = ['portNumber', 'portRange'].find((key) => pick(port.value, key) !== undefined);
  if (form === undefined)
    return refused(port, 'is none of portNumber, portRange and namedPort, so it means no port');
  const field = inside(port, pick(port.value, form), form);
  const transport = transportOf(field, pick(field.value, 'protocol'));
  if (!transport) return [];
  if (form === 'portNumber') return range(field, transport, numberAt(field.value, 'port') ?? 0);
  const last = numberAt(field.value, 'end');
  return range(field, transport, numberAt(field.value, 'start') ?? 0, last ?? 0);
}

function toProtocolPort(port: Field): readonly NetworkPortMatch[] {
  const named = textAt(port.value, 'destinationNamedPort');
  if (named !== undefined) return [{ kind: 'name', name: named, transport: undefined }];
  const transport = TRANSPORTS.find((one) => isFields(pick(port.value, one.toLowerCase())));
  if (!transport) return refused(port, 'is none of tcp, udp, sctp and destinationNamedPort');
  const path = [transport.toLowerCase(), 'destinationPort'];
  const found = pick(port.value, ...path);
  if (found === undefined) return [{ kind: 'numbers', transport, first: 1, last: MAX_PORT }];
  const field = inside(port, found, ...path);
  const number = numberAt(found, 'number');
  if (number !== undefined) return range(field, transport, number);
  return range(
    field,
    transport,
    numberAt(found, 'range', 'start') ?? 0,
    numberAt(found, 'range', 'end') ?? 0,
  );
}

function range(
  field: Field,
  transport: Transport,
  first: number,
  last: number = first,
): readonly NetworkPortMatch[] {
  if (!isPortNumber(first) || !isPortNumber(last)) {
    const wrong = isPortNumber(first) ? last : first;
    return refused(field, `${wrong} is no port: ports are whole numbers from 1 to ${MAX_PORT}`);
  }
  if (last < first) return refused(field, `the range ${first}-${last} ends before it begins`);
  return [{ kind: 'numbers', transport, first, last }];
}

export function isPortNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_PORT;
}

/** @see RFC 6335 §5.1 */
function isPortName(text: string): boolean {
  return text.length <= 15 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && /[a-z]/.test(text);
}

function transportOf(field: Field, value: unknown): Transport | undefined {
  if (value === undefined || value === null) return 'TCP';
  const transport = TRANSPORTS.find((one) => one === value);
  if (transport === undefined) {
    refused(field, `${quote(textAt(value) ?? '')} is none of ${TRANSPORTS.join(', ')}`);
  }
  return transport;
}

function refused(field: Field, what: string): readonly never[] {
  complain(field, 'error', 'port-malformed', `${what}, so this matches no port here`);
  return [];
}
