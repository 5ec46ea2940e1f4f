import type { ReachRow } from '../../authorization/reach/index.ts';
import { EXTERNAL } from '../../authorization/reach/index.ts';

/** `everything`, `TCP 80,443`; requests beside it where a mesh restricts them. */
export function connectionText(rows: readonly Pick<ReachRow, 'protocol' | 'ports'>[]): string {
  return rows.map(portsOf).join(' and ');
}

function portsOf({ protocol, ports }: Pick<ReachRow, 'protocol' | 'ports'>): string {
  if (protocol === 'any') return ports === 'none' ? 'nothing' : 'everything';
  return ports === '1-65535' ? `all ${protocol}` : `${protocol} ${ports}`;
}

/** What requests a mesh lets through, by all rows together; none where it restricts nothing. */
export function requestsOf(rows: readonly ReachRow[]): readonly string[] {
  return rows.flatMap(({ http, because }) =>
    (http ?? []).map((pattern) => {
      if (pattern !== '*') return pattern;
      const denials = because.filter(({ effect }) => effect === 'deny');
      return `every request, but ${denials.map(({ policy, message }) => `${policy} ${message}`).join(', ')}`;
    }),
  );
}

/** Of addresses outside the kind is left out: nothing else looks like them. */
export function peerText(name: string, kind: string): string {
  return kind === EXTERNAL || kind === 'IngressController' ? name : `${name} (${kind})`;
}
