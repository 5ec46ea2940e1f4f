import type { GrpcMethod, GrpcService, ServerStreamMethod } from '../../base/grpc/index.ts';
import { oncePer } from '../../base/once.ts';
import { WORKLOAD_API, WORKLOAD_FILE } from './description.ts';
import { follow, type PartOf, trust, trustFor, whole } from './entitlements.ts';
import {
  jwtBundlesResponse,
  jwtSvidResponse,
  validateJwtSvidResponse,
  x509BundlesResponse,
  x509SvidResponse,
} from './messages.ts';
import type { WorkloadApiPorts } from './ports.ts';
import { refusalOf } from './refusals.ts';
import { checkEmptyRequest, readJwtSvidRequest, readValidateJwtSvidRequest } from './requests.ts';
import { forWorkload } from './workload.ts';

/** The SPIFFE Workload API: both profiles that are mandatory. Methods beyond them, as of the proposed WIT-SVIDs,
 *  answer Unimplemented.
 *  @see SPIFFE Workload API, SPIFFE Workload Endpoint */
export function workloadApi(ports: WorkloadApiPorts): GrpcService {
  return {
    name: WORKLOAD_API,
    files: [WORKLOAD_FILE],
    methods: {
      FetchX509SVID: stream(ports, whole, x509SvidResponse, ({ svids }) =>
        svids.map(({ spiffeId }) => spiffeId),
      ),
      FetchX509Bundles: stream(ports, trust, x509BundlesResponse),
      FetchJWTSVID: fetchJwtSvid(ports),
      FetchJWTBundles: stream(ports, trust, jwtBundlesResponse),
      ValidateJWTSVID: validateJwtSvid(ports),
    },
  };
}

function stream<Part extends object>(
  ports: WorkloadApiPorts,
  take: PartOf<Part>,
  encode: (part: Part) => Buffer,
  idsOf: (part: Part) => readonly string[] = () => [],
): ServerStreamMethod {
  // what many workloads are entitled to together is encoded once, and held once
  const encodeOnce = oncePer(encode);
  return {
    kind: 'server-stream',
    handle: (message, answers, call) => {
      const work: Parameters<typeof forWorkload<void>>[2] = (workload) => {
        checkEmptyRequest(message);
        return follow(ports, workload, answers, call, {
          take,
          encode: encodeOnce,
          onSent: (part) => ports.onCall?.({ ...workload, spiffeIds: idsOf(part) }),
        });
      };
      return forWorkload(ports, call, work);
    },
  };
}

function fetchJwtSvid(ports: WorkloadApiPorts): GrpcMethod {
  return {
    kind: 'unary',
    handle: (message, call) =>
      forWorkload(ports, call, async (workload) => {
        const wish = readJwtSvidRequest(message);
        const { selectors } = workload;
        const issue = await ports.issueJwt({ ...wish, selectors }, call.signal);
        if (issue.kind !== 'issued') throw refusalOf(issue);
        ports.onCall?.({ ...workload, spiffeIds: issue.svids.map(({ spiffeId }) => spiffeId) });
        return jwtSvidResponse(issue.svids);
      }),
  };
}

function validateJwtSvid(ports: WorkloadApiPorts): GrpcMethod {
  return {
    kind: 'unary',
    handle: (message, call) =>
      forWorkload(ports, call, async (workload) => {
        const { audience, token } = readValidateJwtSvidRequest(message);
        const { bundles } = await trustFor(ports, workload, call.signal);
        return validateJwtSvidResponse(ports.checkJwt({ token, audience, bundles }));
      }),
  };
}
