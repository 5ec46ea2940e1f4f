import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../../support/certificates.ts';
import { untilUp } from '../../support/until-up.ts';

export interface EnvoySettings {
  /** The program. */
  readonly program: string;
  readonly node: { readonly id: string; readonly cluster: string; readonly metadata: object };
  /** Takes calls in for the service beside the Envoy, with TLS and a certificate of the client. */
  readonly inboundPort: number;
  /** Passes calls of that service on. */
  readonly outboundPort: number;
  readonly outboundCluster: string;
  /** Both lead here. */
  readonly upstreamPort: number;
  /** Where access logs go. */
  readonly logPort: number;
  readonly server: Certificate;
  readonly authority: Certificate;
}

/** A real Envoy that logs to Reeve. */
export class Envoy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'reeve-envoy-'));
  readonly #child: ChildProcess;
  #said = '';

  constructor(settings: EnvoySettings) {
    const file = join(this.#folder, 'envoy.json');
    writeFileSync(file, JSON.stringify(configurationOf(settings)));
    const words = ['-c', file, '--disable-hot-restart', '--concurrency', '1', '-l', 'warning'];
    this.#child = spawn(settings.program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-4_000);
    });
  }

  /** Resolves when it answers for the first time. */
  ready(answers: () => Promise<unknown>): Promise<void> {
    return untilUp('Envoy', this.#child, answers, () => this.#said);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const typed = (name: string, rest: object) => ({
  '@type': `type.googleapis.com/envoy.extensions.${name}`,
  ...rest,
});

function configurationOf(settings: EnvoySettings): object {
  const { node, outboundCluster, upstreamPort, logPort } = settings;
  return {
    node,
    static_resources: {
      listeners: [
        listener('inbound', settings.inboundPort, 'local_app', transportOf(settings)),
        listener('outbound', settings.outboundPort, outboundCluster),
      ],
      clusters: [
        cluster('local_app', upstreamPort),
        cluster(outboundCluster, upstreamPort),
        cluster('reeve', logPort, {
          'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
            'upstreams.http.v3.HttpProtocolOptions',
            { explicit_http_config: { http2_protocol_options: {} } },
          ),
        }),
      ],
    },
  };
}

const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

function cluster(name: string, port: number, options: object = {}): object {
  const endpoint = { endpoint: { address: address(port) } };
  return {
    name,
    type: 'STATIC',
    typed_extension_protocol_options: options,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
  };
}

function listener(name: string, port: number, clusterName: string, transport?: object): object {
  const logs = {
    common_config: {
      log_name: name,
      transport_api_version: 'V3',
      grpc_service: { envoy_grpc: { cluster_name: 'reeve' } },
      buffer_flush_interval: '0.05s',
    },
    additional_request_headers_to_log: ['authorization', 'content-type'],
    additional_response_trailers_to_log: ['grpc-status'],
  };
  const manager = typed('filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: name,
    route_config: {
      virtual_hosts: [
        {
          name,
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: clusterName } }],
        },
      ],
    },
    http_filters: [{ name: 'router', typed_config: typed('filters.http.router.v3.Router', {}) }],
    access_log: [
      {
        name: 'envoy.access_loggers.http_grpc',
        typed_config: typed('access_loggers.grpc.v3.HttpGrpcAccessLogConfig', logs),
      },
    ],
  });
  return {
    name,
    address: address(port),
    filter_chains: [
      {
        filters: [{ name: 'http', typed_config: manager }],
        ...(transport && { transport_socket: transport }),
      },
    ],
  };
}

/** TLS that asks every client for a certificate, and verifies it. */
function transportOf({ server, authority }: EnvoySettings): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed('transport_sockets.tls.v3.DownstreamTlsContext', {
      require_client_certificate: true,
      common_tls_context: {
        tls_certificates: [
          {
            certificate_chain: { filename: server.certFile },
            private_key: { filename: server.keyFile },
          },
        ],
        validation_context: { trusted_ca: { filename: authority.certFile } },
      },
    }),
  };
}
