/** Lines as Istio and Hubble write them, for tests. */

export const NOW = Date.parse('2026-05-01T12:00:00Z');
export const TIME = '2026-05-01T11:59:58.250Z';
export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const PARENT = 'b7ad6b7169203331';
export const WEB = 'spiffe://cluster.local/ns/shop/sa/web';

/** All fields of the default log of a sidecar that took a request in for the workload beside it. */
export const INBOUND: Readonly<Record<string, unknown>> = {
  authority: 'orders.shop:8080',
  bytes_received: 0,
  bytes_sent: 120,
  connection_termination_details: null,
  downstream_local_address: '10.42.0.9:8080',
  downstream_remote_address: '10.42.0.7:50122',
  duration: 12,
  method: 'GET',
  path: '/orders/7?token=secret',
  protocol: 'HTTP/1.1',
  request_id: 'a4cadca4-662f-4a9c-8f4e-2a3a2a3a2a3a',
  requested_server_name: 'outbound_.8080_._.orders.shop.svc.cluster.local',
  response_code: 200,
  response_code_details: 'via_upstream',
  response_flags: '-',
  route_name: 'default',
  start_time: TIME,
  upstream_cluster: 'inbound|8080||',
  upstream_host: '10.42.0.9:8080',
  upstream_local_address: '127.0.0.6:33171',
  upstream_service_time: '11',
  upstream_transport_failure_reason: null,
  user_agent: 'curl/8.5.0',
  x_forwarded_for: null,
};

/** The same of one that sends a request for it. */
export const OUTBOUND: Readonly<Record<string, unknown>> = {
  ...INBOUND,
  downstream_local_address: '10.96.12.7:8080',
  upstream_cluster: 'outbound|8080||stock.shop.svc.cluster.local',
  upstream_host: '10.42.0.3:8080',
};

/** A request as Cilium's proxy saw it. */
export const FLOW: Readonly<Record<string, unknown>> = {
  time: TIME,
  verdict: 'FORWARDED',
  IP: { source: '10.42.0.7', destination: '10.42.0.9', ipVersion: 'IPv4' },
  l4: { TCP: { source_port: 50_122, destination_port: 8_080 } },
  source: {
    ID: 1,
    identity: 4_711,
    namespace: 'shop',
    labels: ['k8s:app=web', 'k8s:io.kubernetes.pod.namespace=shop'],
    pod_name: 'web-7d9f8b6c5d-x2x7p',
    workloads: [{ name: 'web', kind: 'Deployment' }],
  },
  destination: {
    ID: 2,
    identity: 4_712,
    namespace: 'shop',
    labels: ['k8s:app=orders'],
    pod_name: 'orders-0',
    workloads: [{ name: 'orders', kind: 'StatefulSet' }],
  },
  Type: 'L7',
  node_name: 'node-1',
  l7: {
    type: 'REQUEST',
    http: {
      method: 'POST',
      url: 'http://orders.shop:8080/orders?card=4111',
      protocol: 'HTTP/1.1',
      headers: [{ key: 'Traceparent', value: `00-${TRACE}-${PARENT}-01` }],
    },
  },
  event_type: { type: 129 },
  traffic_direction: 'INGRESS',
  is_reply: false,
  trace_context: { parent: { trace_id: TRACE } },
};

/** The beginning of a connection, where it arrives. */
export const SYN: Readonly<Record<string, unknown>> = {
  ...FLOW,
  Type: 'L3_L4',
  l7: undefined,
  trace_context: undefined,
  event_type: { type: 4 },
  l4: { TCP: { source_port: 50_122, destination_port: 5_432, flags: { SYN: true } } },
  trace_observation_point: 'TO_ENDPOINT',
};
