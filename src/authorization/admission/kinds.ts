/** A kind whose objects decide about who may reach whom, or about credentials. */
export interface AdmissionKind {
  /** `''` for the core group. */
  readonly group: string;
  /** By the names of their resources, as webhooks are registered for them. */
  readonly kinds: Readonly<Record<string, string>>;
  /** What an object of it bears on: the ports that pods reach, or also what the estate is made of. */
  readonly bearsOn: 'network' | 'estate';
}

const network = (group: string, kinds: AdmissionKind['kinds']): AdmissionKind => ({
  ...{ group, kinds, bearsOn: 'network' },
});
const estate = (group: string, kinds: AdmissionKind['kinds']): AdmissionKind => ({
  ...{ group, kinds, bearsOn: 'estate' },
});

/** Every kind that is asked about; other objects change nothing that rules judge. Secrets are none of them: a review
 *  would bring their values. */
export const ADMISSION_KINDS: readonly AdmissionKind[] = [
  network('networking.k8s.io', { NetworkPolicy: 'networkpolicies' }),
  network('policy.networking.k8s.io', {
    AdminNetworkPolicy: 'adminnetworkpolicies',
    BaselineAdminNetworkPolicy: 'baselineadminnetworkpolicies',
    ClusterNetworkPolicy: 'clusternetworkpolicies',
  }),
  estate('networking.k8s.io', { Ingress: 'ingresses' }),
  estate('', {
    ConfigMap: 'configmaps',
    Namespace: 'namespaces',
    Pod: 'pods',
    ReplicationController: 'replicationcontrollers',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  }),
  estate('apps', {
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  }),
  estate('batch', { CronJob: 'cronjobs', Job: 'jobs' }),
  estate('rbac.authorization.k8s.io', {
    ClusterRole: 'clusterroles',
    ClusterRoleBinding: 'clusterrolebindings',
    Role: 'roles',
    RoleBinding: 'rolebindings',
  }),
  estate('gateway.networking.k8s.io', {
    Gateway: 'gateways',
    GRPCRoute: 'grpcroutes',
    HTTPRoute: 'httproutes',
    TCPRoute: 'tcproutes',
    TLSRoute: 'tlsroutes',
    UDPRoute: 'udproutes',
  }),
  estate('security.istio.io', {
    AuthorizationPolicy: 'authorizationpolicies',
    PeerAuthentication: 'peerauthentications',
    RequestAuthentication: 'requestauthentications',
  }),
  estate('networking.istio.io', {
    DestinationRule: 'destinationrules',
    Gateway: 'gateways',
    ServiceEntry: 'serviceentries',
    Sidecar: 'sidecars',
    VirtualService: 'virtualservices',
  }),
  estate('policy.linkerd.io', {
    AuthorizationPolicy: 'authorizationpolicies',
    GRPCRoute: 'grpcroutes',
    HTTPRoute: 'httproutes',
    MeshTLSAuthentication: 'meshtlsauthentications',
    NetworkAuthentication: 'networkauthentications',
    Server: 'servers',
    ServerAuthorization: 'serverauthorizations',
  }),
  estate('kuma.io', {
    Mesh: 'meshes',
    MeshIdentity: 'meshidentities',
    MeshTLS: 'meshtlses',
    MeshTrafficPermission: 'meshtrafficpermissions',
    TrafficPermission: 'trafficpermissions',
  }),
  estate('cilium.io', {
    CiliumClusterwideNetworkPolicy: 'ciliumclusterwidenetworkpolicies',
    CiliumNetworkPolicy: 'ciliumnetworkpolicies',
  }),
  estate('configuration.konghq.com', {
    KongClusterPlugin: 'kongclusterplugins',
    KongPlugin: 'kongplugins',
    TCPIngress: 'tcpingresses',
    UDPIngress: 'udpingresses',
  }),
  estate('apps.openshift.io', { DeploymentConfig: 'deploymentconfigs' }),
  estate('route.openshift.io', { Route: 'routes' }),
  estate('serving.knative.dev', { Service: 'services' }),
  estate('argoproj.io', { Rollout: 'rollouts' }),
  estate('apps.kruise.io', { CloneSet: 'clonesets', StatefulSet: 'statefulsets' }),
];

/** What is known of a kind; undefined where nobody need be asked about it. */
export function kindOf(group: string, kind: string): AdmissionKind | undefined {
  return ADMISSION_KINDS.find((one) => one.group === group && Object.hasOwn(one.kinds, kind));
}
