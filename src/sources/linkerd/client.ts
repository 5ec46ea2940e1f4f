import { listAt, pick, textAt } from '../../base/pick.ts';
import { find } from '../kubernetes/lookup.ts';
import type { Resource } from '../kubernetes/resource.ts';
import { namespaceOf } from '../kubernetes/workload.ts';
import type { Principals } from '../mesh/principals.ts';
import { type LinkerdFacts, POLICY_GROUP } from './facts.ts';

/** Who one authorization lets in, and whether each of them proves who it is. */
export interface Client {
  readonly isAuthenticated: boolean;
  /** As in Permission, with services as `NAMESPACE/NAME`. */
  readonly from: readonly string[];
}

const ANYONE: Client = { isAuthenticated: false, from: ['*'] };
const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);
const IDENTITY = /^([^.]+)\.([^.]+)\.serviceaccount\.identity\..+$/;

/** The client of an AuthorizationPolicy: its references must all hold, so one that demands mTLS is
 *  enough. Undefined where one of them is not here, since Linkerd then ignores the policy.
 *  @see https://linkerd.io/2/reference/authorization-policy/#authorizationpolicy */
export function clientOfPolicy(policy: Resource, facts: LinkerdFacts): Client | undefined {
  const clients: Client[] = [];
  for (const ref of listAt(policy.value, 'spec', 'requiredAuthenticationRefs')) {
    const client = clientOfRef(ref, policy, facts);
    if (!client) return undefined;
    clients.push(client);
  }
  const authenticated = clients.filter(({ isAuthenticated }) => isAuthenticated);
  const [first, ...others] = authenticated.length > 0 ? authenticated : clients;
  if (!first) return ANYONE;
  return others.reduce((both, { from, isAuthenticated }) => {
    return { isAuthenticated, from: narrower(both.from, from) };
  }, first);
}

/** What two demands have in common: the one that is not for everyone. */
function narrower(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.includes('*') || a.includes('*authenticated')) return b;
  if (b.includes('*') || b.includes('*authenticated')) return a;
  return a.filter((one) => b.includes(one));
}

function clientOfRef(ref: unknown, policy: Resource, facts: LinkerdFacts): Client | undefined {
  const kind = textAt(ref, 'kind');
  const name = textAt(ref, 'name') ?? '';
  const namespace = textAt(ref, 'namespace') ?? namespaceOf(policy);
  if (kind === 'ServiceAccount') {
    return { isAuthenticated: true, from: fromAccount(namespace, name, facts.principals) };
  }
  const target = find(facts.cluster, POLICY_GROUP, kind ?? '', namespace, name);
  if (!target) return undefined;
  if (kind === 'MeshTLSAuthentication') {
    return {
      isAuthenticated: true,
      from: identitiesOf(target.value.spec, target, facts.principals),
    };
  }
  return kind === 'NetworkAuthentication'
    ? clientOfNetworks(listAt(target.value, 'spec', 'networks'))
    : undefined;
}

/** The client of a ServerAuthorization.
 *  @see https://linkerd.io/2/reference/authorization-policy/#serverauthorization */
export function clientOfServerAuthorization(
  resource: Resource,
  facts: LinkerdFacts,
): Client | undefined {
  const client = pick(resource.value, 'spec', 'client');
  const networks = listAt(client, 'networks');
  if (pick(client, 'unauthenticated') === true) return clientOfNetworks(networks);
  const tls = pick(client, 'meshTLS');
  if (tls === undefined) return undefined;
  if (pick(tls, 'unauthenticatedTLS') === true) return clientOfNetworks(networks);
  return { isAuthenticated: true, from: identitiesOf(tls, resource, facts.principals) };
}

function clientOfNetworks(networks: readonly unknown[]): Client {
  const blocks = networks.flatMap((network) => textAt(network, 'cidr') ?? textAt(network) ?? []);
  if (blocks.length === 0 || blocks.some((block) => EVERYWHERE.has(block))) return ANYONE;
  return { isAuthenticated: false, from: blocks };
}

/** `identities` by name with `*` for a part, and references to accounts and namespaces. */
function identitiesOf(spec: unknown, owner: Resource, known: Principals): readonly string[] {
  const named = listAt(spec, 'identities').flatMap((item) => {
    const text = textAt(item);
    return text === undefined ? [] : fromIdentity(text, known);
  });
  // ServerAuthorization has a field of its own for accounts.
  const refs = [...listAt(spec, 'identityRefs'), ...listAt(spec, 'serviceAccounts')];
  const referenced = refs.flatMap((ref) => {
    const name = textAt(ref, 'name');
    const namespace = textAt(ref, 'namespace') ?? namespaceOf(owner);
    if (textAt(ref, 'kind') === 'Namespace') return [`${name ?? namespaceOf(owner)}/*`];
    return name === undefined ? [] : fromAccount(namespace, name, known);
  });
  return [...new Set([...named, ...referenced])].sort();
}

function fromIdentity(text: string, known: Principals): readonly string[] {
  if (text === '*') return ['*authenticated'];
  const [, account, namespace] = IDENTITY.exec(text) ?? [];
  if (!account || !namespace) return [text];
  return account === '*' ? [`${namespace}/*`] : fromAccount(namespace, account, known, text);
}

function fromAccount(
  namespace: string,
  account: string,
  known: Principals,
  text = `${account}.${namespace}`,
): readonly string[] {
  const services = known.servicesOf(namespace, account);
  return services.length > 0 ? services : [text];
}
