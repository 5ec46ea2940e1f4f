import { isFields, listAt, numberAt, pick, textAt } from '../../../../base/pick.ts';
import { type NetworkPortMatch, TRANSPORTS, type Transport } from '../../../../estate/index.ts';
import { complain, type Field, inside } from '../field.ts';
import { isPortNumber, MAX_PORT } from '../ports.ts';

/** The ports of a rule of Cilium; undefined where it means all. A rule about ICMP alone means none.
 *  @see https://docs.cilium.io/en/stable/security/policy/language/ (layer 4) */
export function toCiliumPorts(rule: Field): readonly NetworkPortMatch[] | undefined {
  const items = listAt(rule.value, 'toPorts');
  if (items.length === 0) return listAt(rule.value, 'icmps').length > 0 ? [] : undefined;
  const all: NetworkPortMatch[] = [];
  for (const [index, item] of items.entries()) {
    const ports = listAt(item, 'ports');
    if (ports.length === 0 && isFields(item)) return undefined;
    ports.forEach((port, place) => {
      all.push(...toPort(inside(rule, port, 'toPorts', index, 'ports', place)));
    });
  }
  return all;
}

function toPort(port: Field): readonly NetworkPortMatch[] {
  const transports = transportsOf(pick(port.value, 'protocol'));
  const text = textAt(port.value, 'port') ?? '0';
  if (!/^\d+$/.test(text)) {
    const named = transports.length === 1 ? transports[0] : undefined;
    return [{ kind: 'name', name: text.toLowerCase(), transport: named }];
  }
  const first = Number(text);
  const last = first === 0 ? MAX_PORT : numberAt(port.value, 'endPort') || first;
  const start = first === 0 ? 1 : first;
  if (isPortNumber(start) && isPortNumber(last) && start <= last) {
    return transports.map((transport) => ({ kind: 'numbers', transport, first: start, last }));
  }
  const message = `the range ${first}-${last} is none of ports, so this matches no port here`;
  complain(port, 'error', 'port-malformed', message);
  return [];
}

/** `ANY`, and nothing, is every transport; ICMP is none. */
function transportsOf(value: unknown): readonly Transport[] {
  const word = (textAt(value) ?? 'ANY').toUpperCase();
  return word === 'ANY' ? TRANSPORTS : TRANSPORTS.filter((one) => one === word);
}
