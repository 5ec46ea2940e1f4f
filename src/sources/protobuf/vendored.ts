/** Packages that many repositories carry copies of: their services belong to platforms (or describe
 *  options), not to the estate. Everything below them counts too. */
const PLATFORM_PACKAGES = [
  'google',
  'grpc.binarylog',
  'grpc.channelz',
  'grpc.gcp',
  'grpc.health',
  'grpc.lb',
  'grpc.lookup',
  'grpc.reflection',
  'grpc.service_config',
  'grpc.testing',
  'buf.alpha',
  'buf.validate',
  'containerd',
  'csi',
  'envoy',
  'gogoproto',
  'io.prometheus',
  'istio',
  'jaeger.api_v2',
  'k8s.io',
  'opencensus.proto',
  'openapi.v3',
  'opentelemetry.proto',
  'prometheus',
  'runtime',
  'udpa',
  'validate',
  'xds',
] as const;

/** Whether services of this package are the platform's own. */
export function isPlatformPackage(name: string): boolean {
  return PLATFORM_PACKAGES.some((known) => name === known || name.startsWith(`${known}.`));
}
