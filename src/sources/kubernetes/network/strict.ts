import { quote } from '../../../base/fault.ts';
import { nearestOf } from '../../../base/nearest.ts';
import { entryOf, isFields } from '../../../base/pick.ts';
import { complain, type Field, inside } from './field.ts';

/** What the API server knows of a field: the fields in it, each item of a list, one of these words, or anything. */
type Shape =
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'any' };

const ANY: Shape = { kind: 'any' };
const fields = (known: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'fields',
  fields: known,
});
const list = (item: Shape): Shape => ({ kind: 'list', item });
const word = (...words: readonly string[]): Shape => ({ kind: 'word', words });
const any = (...names: readonly string[]): Shape =>
  fields(Object.fromEntries(names.map((name) => [name, ANY])));

const SELECTOR = fields({
  matchLabels: ANY,
  matchExpressions: list(any('key', 'operator', 'values')),
});
const PEERS = list(
  fields({
    podSelector: SELECTOR,
    namespaceSelector: SELECTOR,
    ipBlock: any('cidr', 'except'),
  }),
);
const PORTS = list(any('protocol', 'port', 'endPort'));

/** @see Kubernetes API, networking.k8s.io/v1 NetworkPolicySpec */
const NETWORK_POLICY = fields({
  podSelector: SELECTOR,
  policyTypes: ANY,
  ingress: list(fields({ from: PEERS, ports: PORTS })),
  egress: list(fields({ to: PEERS, ports: PORTS })),
});

const bothWays = (...names: readonly string[]): Shape =>
  any(...names.flatMap((name) => [name, `not${name[0]?.toUpperCase()}${name.slice(1)}`]));

/** @see https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
const AUTHORIZATION_POLICY = fields({
  selector: any('matchLabels'),
  targetRef: any('group', 'kind', 'name', 'namespace'),
  targetRefs: list(any('group', 'kind', 'name', 'namespace')),
  action: word('ALLOW', 'DENY', 'AUDIT', 'CUSTOM'),
  provider: any('name'),
  rules: list(
    fields({
      from: list(
        fields({
          source: bothWays(
            'principals',
            'requestPrincipals',
            'namespaces',
            'serviceAccounts',
            'ipBlocks',
            'remoteIpBlocks',
          ),
        }),
      ),
      to: list(fields({ operation: bothWays('hosts', 'ports', 'methods', 'paths') })),
      when: list(any('key', 'values', 'notValues')),
    }),
  ),
});

const MODE = word('UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT');
/** @see https://istio.io/latest/docs/reference/config/security/peer_authentication/ */
const PEER_AUTHENTICATION = fields({
  selector: any('matchLabels'),
  mtls: fields({ mode: MODE }),
  portLevelMtls: ANY,
});

/** The kinds that are read strictly. */
export const STRICT_KINDS: readonly [group: string, kind: string, spec: Shape][] = [
  ['networking.k8s.io', 'NetworkPolicy', NETWORK_POLICY],
  ['extensions', 'NetworkPolicy', NETWORK_POLICY],
  ['security.istio.io', 'AuthorizationPolicy', AUTHORIZATION_POLICY],
  ['security.istio.io', 'PeerAuthentication', PEER_AUTHENTICATION],
];

/** Tells of fields that no API server knows, which it refuses or drops, and of words that it refuses: a selector with a
 *  misspelt field selects everything. The depth is that of the shape. */
export function tellUnknown(field: Field, shape: Shape): void {
  const { value } = field;
  if (shape.kind === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      tellUnknown(inside(field, item, index), shape.item);
  } else if (shape.kind === 'word' && value !== undefined && value !== null) {
    if (typeof value === 'string' && shape.words.includes(value)) return;
    const said = typeof value === 'string' ? quote(value) : 'this';
    const message = `${said} is none of ${shape.words.join(', ')}, so the API server refuses it`;
    complain(field, 'error', 'word-unknown', message, hintFor(value, shape.words));
  } else if (shape.kind === 'fields' && isFields(value)) {
    for (const [name, part] of Object.entries(value)) {
      const known = entryOf(shape.fields, name);
      const found = inside(field, part, name);
      if (known) tellUnknown(found, known);
      else {
        const message = `${quote(name)} is no field here, so the API server refuses it, or drops it with all that it says`;
        complain(
          found,
          'error',
          'field-unknown',
          message,
          hintFor(name, Object.keys(shape.fields)),
        );
      }
    }
  }
}

function hintFor(said: unknown, known: readonly string[]): string {
  const word = typeof said === 'string' ? said.slice(0, MAX_WORD) : '';
  // letters that have changed places are two edits, which is too many in a short word
  const meant = known.find((one) => lettersOf(one) === lettersOf(word)) ?? nearestOf(word, known);
  return meant === undefined ? `write one of ${known.join(', ')}` : `did you mean ${quote(meant)}?`;
}

const MAX_WORD = 80;
const lettersOf = (word: string): string => [...word].sort().join('');
