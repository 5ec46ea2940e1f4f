import { describeFile, STRUCT_FILE } from '../../base/grpc/index.ts';

/** Envoy's messages as tools ask for them, as far as they are read or written here. */

export const SDS = 'envoy.service.secret.v3.SecretDiscoveryService';
export const ADS = 'envoy.service.discovery.v3.AggregatedDiscoveryService';

const CORE = 'envoy.config.core.v3';
const DISCOVERY = 'envoy.service.discovery.v3';
const TLS = 'envoy.extensions.transport_sockets.tls.v3';

const ANY_FILE = describeFile({
  name: 'google/protobuf/any.proto',
  package: 'google.protobuf',
  messages: { Any: { type_url: '1 string', value: '2 bytes' } },
});

const STATUS_FILE = describeFile({
  name: 'google/rpc/status.proto',
  package: 'google.rpc',
  imports: [ANY_FILE],
  messages: {
    Status: { code: '1 int32', message: '2 string', details: '3 repeated google.protobuf.Any' },
  },
});

const VERSION_FILE = describeFile({
  name: 'envoy/type/v3/semantic_version.proto',
  package: 'envoy.type.v3',
  messages: {
    SemanticVersion: { major_number: '1 uint32', minor_number: '2 uint32', patch: '3 uint32' },
  },
});

const BASE_FILE = describeFile({
  name: 'envoy/config/core/v3/base.proto',
  package: CORE,
  imports: [STRUCT_FILE, VERSION_FILE],
  messages: {
    BuildVersion: { version: '1 envoy.type.v3.SemanticVersion' },
    Node: {
      id: '1 string',
      cluster: '2 string',
      metadata: '3 google.protobuf.Struct',
      user_agent_name: '6 string',
      user_agent_build_version: '8 BuildVersion',
    },
    DataSource: { inline_bytes: '2 bytes of specifier' },
    ControlPlane: { identifier: '1 string' },
  },
});

const EXTENSION_FILE = describeFile({
  name: 'envoy/config/core/v3/extension.proto',
  package: CORE,
  imports: [ANY_FILE],
  messages: { TypedExtensionConfig: { name: '1 string', typed_config: '2 google.protobuf.Any' } },
});

const DISCOVERY_FILE = describeFile({
  name: 'envoy/service/discovery/v3/discovery.proto',
  package: DISCOVERY,
  imports: [ANY_FILE, STATUS_FILE, BASE_FILE],
  messages: {
    DiscoveryRequest: {
      version_info: '1 string',
      node: `2 ${CORE}.Node`,
      resource_names: '3 repeated string',
      type_url: '4 string',
      response_nonce: '5 string',
      error_detail: '6 google.rpc.Status',
    },
    DiscoveryResponse: {
      version_info: '1 string',
      resources: '2 repeated google.protobuf.Any',
      type_url: '4 string',
      nonce: '5 string',
      control_plane: `6 ${CORE}.ControlPlane`,
    },
    DeltaDiscoveryRequest: {
      node: `1 ${CORE}.Node`,
      type_url: '2 string',
      resource_names_subscribe: '3 repeated string',
      resource_names_unsubscribe: '4 repeated string',
      initial_resource_versions: '5 map<string, string>',
      response_nonce: '6 string',
      error_detail: '7 google.rpc.Status',
    },
    DeltaDiscoveryResponse: {
      system_version_info: '1 string',
      resources: '2 repeated Resource',
      type_url: '4 string',
      nonce: '5 string',
      removed_resources: '6 repeated string',
      control_plane: `7 ${CORE}.ControlPlane`,
    },
    Resource: { version: '1 string', resource: '2 google.protobuf.Any', name: '3 string' },
  },
});

export const SDS_FILE = describeFile({
  name: 'envoy/service/secret/v3/sds.proto',
  package: 'envoy.service.secret.v3',
  imports: [DISCOVERY_FILE],
  services: {
    SecretDiscoveryService: {
      DeltaSecrets: `stream ${DISCOVERY}.DeltaDiscoveryRequest -> stream ${DISCOVERY}.DeltaDiscoveryResponse`,
      StreamSecrets: `stream ${DISCOVERY}.DiscoveryRequest -> stream ${DISCOVERY}.DiscoveryResponse`,
      FetchSecrets: `${DISCOVERY}.DiscoveryRequest -> ${DISCOVERY}.DiscoveryResponse`,
    },
  },
});

export const ADS_FILE = describeFile({
  name: 'envoy/service/discovery/v3/ads.proto',
  package: DISCOVERY,
  imports: [DISCOVERY_FILE],
  services: {
    AggregatedDiscoveryService: {
      StreamAggregatedResources: 'stream DiscoveryRequest -> stream DiscoveryResponse',
      DeltaAggregatedResources: 'stream DeltaDiscoveryRequest -> stream DeltaDiscoveryResponse',
    },
  },
});

/** What the resources are. */
export const TLS_FILE = describeFile({
  name: 'envoy/extensions/transport_sockets/tls/v3/secret.proto',
  package: TLS,
  imports: [BASE_FILE, EXTENSION_FILE],
  messages: {
    Secret: {
      name: '1 string',
      tls_certificate: '2 TlsCertificate of type',
      validation_context: '4 CertificateValidationContext of type',
    },
    TlsCertificate: {
      certificate_chain: `1 ${CORE}.DataSource`,
      private_key: `2 ${CORE}.DataSource`,
    },
    CertificateValidationContext: {
      trusted_ca: `1 ${CORE}.DataSource`,
      crl: `7 ${CORE}.DataSource`,
      custom_validator_config: `12 ${CORE}.TypedExtensionConfig`,
      only_verify_leaf_cert_crl: '14 bool',
    },
    SPIFFECertValidatorConfig: { trust_domains: '1 repeated TrustDomain' },
    TrustDomain: { name: '1 string', trust_bundle: `2 ${CORE}.DataSource` },
  },
});
