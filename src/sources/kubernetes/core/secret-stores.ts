import type { DataPath } from '../../../base/data.ts';
import { fieldsAt, listAt, pick, textAt } from '../../../base/pick.ts';
import { ownerInLabels } from '../../labels.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { isPlainKey, kindOfKey } from './secret-keys.ts';
import { secretKey } from './secrets.ts';

const READER = 'kubernetes';

/** What an object says of a Secret that an operator makes of it. */
interface Made {
  /** Name of the Secret. */
  readonly secret: string;
  /** `*`: keys that only the store knows. */
  readonly keys: readonly string[];
  /** In a few words; absent where the operator only decrypts what somebody encrypted by hand. */
  readonly rotation?: string;
  readonly type?: string;
}

interface Kind {
  readonly group: string;
  readonly kinds: readonly string[];
  read(resource: Resource): readonly Made[];
}

const KINDS: readonly Kind[] = [
  {
    group: 'external-secrets.io',
    kinds: ['ExternalSecret', 'ClusterExternalSecret'],
    read: externalSecret,
  },
  { group: 'kubernetes-client.io', kinds: ['ExternalSecret'], read: oldExternalSecret },
  { group: 'bitnami.com', kinds: ['SealedSecret'], read: sealedSecret },
  { group: 'secrets-store.csi.x-k8s.io', kinds: ['SecretProviderClass'], read: providerClass },
  { group: 'cert-manager.io', kinds: ['Certificate'], read: certificate },
  { group: 'cert-manager.io', kinds: ['Issuer', 'ClusterIssuer'], read: acmeAccount },
  // Its name until version 0.11.
  { group: 'certmanager.k8s.io', kinds: ['Certificate'], read: certificate },
  { group: 'certmanager.k8s.io', kinds: ['Issuer', 'ClusterIssuer'], read: acmeAccount },
  {
    group: 'secrets.hashicorp.com',
    kinds: ['VaultStaticSecret', 'VaultDynamicSecret', 'VaultPKISecret'],
    read: vaultSecret,
  },
];

/** Secrets that operators make from stores, with the way they are rotated. */
export function readSecretStores(cluster: Cluster, sink: ClusterSink): void {
  for (const { group, kinds, read } of KINDS) {
    for (const resource of cluster.of(group, ...kinds)) {
      for (const made of read(resource)) observe(resource, made, sink);
    }
  }
}

function observe(resource: Resource, { secret, keys, rotation, type }: Made, sink: ClusterSink) {
  const owner = ownerInLabels(resource.labels, resource.annotations);
  for (const key of keys.filter((one) => !isPlainKey(one))) {
    sink.observe({
      kind: 'credential',
      name: key === '*' ? secret : `${secret}/${key}`,
      credentialKind: kindOfKey(type ?? 'Opaque', key === '*' ? secret : key),
      keys: [secretKey(resource, secret, key)],
      ...(rotation !== undefined && { rotation }),
      ...(owner && { owner }),
      source: resource.sourceAt(READER, ['spec']),
    });
  }
}

/** `refreshInterval: 0` reads the store once and never again. */
function externalSecret(resource: Resource): readonly Made[] {
  const base: DataPath =
    resource.kind === 'ClusterExternalSecret' ? ['spec', 'externalSecretSpec'] : ['spec'];
  const spec = pick(resource.value, ...base);
  const interval = textAt(spec, 'refreshInterval') ?? '1h';
  const named = listAt(spec, 'data').flatMap((entry) => textAt(entry, 'secretKey') ?? []);
  const templated = Object.keys(fieldsAt(spec, 'target', 'template', 'data'));
  const hasMore = listAt(spec, 'dataFrom').length > 0;
  const keys = templated.length > 0 ? templated : named;
  return [
    {
      secret: textAt(spec, 'target', 'name') ?? resource.name,
      keys: hasMore || keys.length === 0 ? [...keys, '*'] : keys,
      ...(!/^0\w*$/.test(interval) && { rotation: `external-secrets, every ${interval}` }),
    },
  ];
}

function oldExternalSecret(resource: Resource): readonly Made[] {
  const keys = listAt(resource.value, 'spec', 'data').flatMap(
    (entry) => textAt(entry, 'name') ?? [],
  );
  return [
    { secret: resource.name, keys: keys.length > 0 ? keys : ['*'], rotation: 'external-secrets' },
  ];
}

function sealedSecret(resource: Resource): readonly Made[] {
  const template = pick(resource.value, 'spec', 'template');
  const type = textAt(template, 'type');
  return [
    {
      secret: textAt(template, 'metadata', 'name') ?? resource.name,
      keys: Object.keys(fieldsAt(resource.value, 'spec', 'encryptedData')),
      ...(type !== undefined && { type }),
    },
  ];
}

function providerClass(resource: Resource): readonly Made[] {
  const provider = textAt(resource.value, 'spec', 'provider') ?? 'a store';
  return listAt(resource.value, 'spec', 'secretObjects').flatMap((object) => {
    const secret = textAt(object, 'secretName');
    if (secret === undefined) return [];
    const keys = listAt(object, 'data').flatMap((entry) => textAt(entry, 'key') ?? []);
    const type = textAt(object, 'type');
    return [
      {
        secret,
        keys,
        rotation: `Secrets Store CSI driver, from ${provider}`,
        ...(type !== undefined && { type }),
      },
    ];
  });
}

/** cert-manager's default is 90 days. */
function certificate(resource: Resource): readonly Made[] {
  const secret = textAt(resource.value, 'spec', 'secretName');
  if (secret === undefined) return [];
  const duration = textAt(resource.value, 'spec', 'duration') ?? '2160h';
  return [
    {
      secret,
      keys: ['tls.key'],
      type: 'kubernetes.io/tls',
      rotation: `cert-manager, within every ${duration}`,
    },
  ];
}

/** The key of an account, which cert-manager makes once and keeps. */
function acmeAccount(resource: Resource): readonly Made[] {
  const reference = pick(resource.value, 'spec', 'acme', 'privateKeySecretRef');
  const secret = textAt(reference, 'name');
  if (secret === undefined) return [];
  return [{ secret, keys: [textAt(reference, 'key') ?? 'tls.key'], type: 'kubernetes.io/tls' }];
}

function vaultSecret(resource: Resource): readonly Made[] {
  const secret = textAt(resource.value, 'spec', 'destination', 'name');
  if (secret === undefined) return [];
  const refresh = textAt(resource.value, 'spec', 'refreshAfter');
  const every = refresh === undefined ? '' : `, every ${refresh}`;
  const rotations: Record<string, string> = {
    VaultStaticSecret: `Vault Secrets Operator${every}`,
    VaultDynamicSecret: 'Vault, a new lease before each ends',
    VaultPKISecret: 'Vault PKI, before each certificate ends',
  };
  const rotation = rotations[resource.kind];
  const keys = resource.kind === 'VaultPKISecret' ? ['private_key'] : ['*'];
  return [{ secret, keys, ...(rotation !== undefined && { rotation }) }];
}
