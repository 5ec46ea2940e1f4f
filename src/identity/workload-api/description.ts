import { describeFile, STRUCT_FILE } from '../../base/grpc/index.ts';

/** The name of the service: its file has no package. */
export const WORKLOAD_API = 'SpiffeWorkloadAPI';

/** The Workload API, as tools ask for it.
 *  @see SPIFFE Workload API, workload.proto */
export const WORKLOAD_FILE = describeFile({
  name: 'workload.proto',
  imports: [STRUCT_FILE],
  messages: {
    X509SVIDRequest: {},
    X509SVIDResponse: {
      svids: '1 repeated X509SVID',
      crl: '2 repeated bytes',
      federated_bundles: '3 map<string, bytes>',
    },
    X509SVID: {
      spiffe_id: '1 string',
      x509_svid: '2 bytes',
      x509_svid_key: '3 bytes',
      bundle: '4 bytes',
      hint: '5 string',
    },
    X509BundlesRequest: {},
    X509BundlesResponse: { crl: '1 repeated bytes', bundles: '2 map<string, bytes>' },
    JWTSVIDRequest: { audience: '1 repeated string', spiffe_id: '2 string' },
    JWTSVIDResponse: { svids: '1 repeated JWTSVID' },
    JWTSVID: { spiffe_id: '1 string', svid: '2 string', hint: '3 string' },
    JWTBundlesRequest: {},
    JWTBundlesResponse: { bundles: '1 map<string, bytes>' },
    ValidateJWTSVIDRequest: { audience: '1 string', svid: '2 string' },
    ValidateJWTSVIDResponse: { spiffe_id: '1 string', claims: '2 google.protobuf.Struct' },
  },
  services: {
    [WORKLOAD_API]: {
      FetchX509SVID: 'X509SVIDRequest -> stream X509SVIDResponse',
      FetchX509Bundles: 'X509BundlesRequest -> stream X509BundlesResponse',
      FetchJWTSVID: 'JWTSVIDRequest -> JWTSVIDResponse',
      FetchJWTBundles: 'JWTBundlesRequest -> stream JWTBundlesResponse',
      ValidateJWTSVID: 'ValidateJWTSVIDRequest -> ValidateJWTSVIDResponse',
    },
  },
});
