/** What is read of a cluster. */
export interface Kinds {
  /** `apps`; `''` for the core group. */
  readonly group: string;
  readonly kinds: readonly string[];
  /** Only names, labels and annotations are asked for: what is in them never leaves the cluster. */
  readonly metadataOnly?: true;
}

/** Every kind that a cluster reader looks at. What a cluster does not have is no error. */
export const LIVE_KINDS: readonly Kinds[] = [
  {
    group: '',
    kinds: ['Namespace', 'Service', 'ConfigMap', 'ServiceAccount', 'Pod', 'ReplicationController'],
  },
  { group: '', kinds: ['Secret'], metadataOnly: true },
  { group: 'apps', kinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] },
  { group: 'batch', kinds: ['CronJob', 'Job'] },
  { group: 'networking.k8s.io', kinds: ['Ingress', 'IngressClass', 'NetworkPolicy'] },
  {
    group: 'policy.networking.k8s.io',
    kinds: ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
  },
  {
    group: 'rbac.authorization.k8s.io',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  },
  {
    group: 'gateway.networking.k8s.io',
    kinds: ['Gateway', 'GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'],
  },
  { group: 'apps.openshift.io', kinds: ['DeploymentConfig'] },
  { group: 'route.openshift.io', kinds: ['Route'] },
  { group: 'serving.knative.dev', kinds: ['Service'] },
  { group: 'argoproj.io', kinds: ['Rollout'] },
  { group: 'apps.kruise.io', kinds: ['CloneSet', 'StatefulSet'] },
  { group: 'external-secrets.io', kinds: ['ClusterExternalSecret', 'ExternalSecret'] },
  { group: 'kubernetes-client.io', kinds: ['ExternalSecret'] },
  { group: 'bitnami.com', kinds: ['SealedSecret'] },
  { group: 'secrets-store.csi.x-k8s.io', kinds: ['SecretProviderClass'] },
  { group: 'cert-manager.io', kinds: ['Certificate', 'ClusterIssuer', 'Issuer'] },
  {
    group: 'secrets.hashicorp.com',
    kinds: ['VaultDynamicSecret', 'VaultPKISecret', 'VaultStaticSecret'],
  },
  {
    group: 'security.istio.io',
    kinds: ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'],
  },
  {
    group: 'networking.istio.io',
    kinds: ['DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'VirtualService'],
  },
  { group: 'telemetry.istio.io', kinds: ['Telemetry'] },
  { group: 'install.istio.io', kinds: ['IstioOperator'] },
  { group: 'sailoperator.io', kinds: ['Istio'] },
  {
    group: 'policy.linkerd.io',
    kinds: [
      'AuthorizationPolicy',
      'GRPCRoute',
      'HTTPRoute',
      'MeshTLSAuthentication',
      'NetworkAuthentication',
      'Server',
      'ServerAuthorization',
    ],
  },
  {
    group: 'kuma.io',
    kinds: ['Mesh', 'MeshIdentity', 'MeshTLS', 'MeshTrafficPermission', 'TrafficPermission'],
  },
  { group: 'cilium.io', kinds: ['CiliumClusterwideNetworkPolicy', 'CiliumNetworkPolicy'] },
  {
    group: 'configuration.konghq.com',
    kinds: ['KongClusterPlugin', 'KongConsumer', 'KongPlugin', 'TCPIngress', 'UDPIngress'],
  },
];
