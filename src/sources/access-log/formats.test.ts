import { describe, expect, it } from 'vitest';
import { type AccessLogFormat, parseLine } from './formats.ts';
import type { LoggedRequest } from './logged-request.ts';

const AT = Date.UTC(2026, 10, 22, 3, 25, 12);

/** Each row: what it shows, the line, what is read from it. */
const LINES: readonly [string, string, LoggedRequest][] = [
  [
    "Reeve's own",
    '{"time":"2026-11-22T03:25:12Z","service":"orders","method":"GET","path":"/orders/17?page=2","status":200}',
    { time: AT, service: 'orders', method: 'GET', target: '/orders/17?page=2', status: 200 },
  ],
  [
    'common',
    '192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /orders/17 HTTP/1.1" 200 512',
    { time: AT, method: 'GET', target: '/orders/17', status: 200 },
  ],
  [
    'combined, with a user and another zone',
    '192.0.2.7 - ann [21/Nov/2026:19:25:12 -0800] "POST /orders HTTP/2.0" 201 512 "https://shop.example/" "Mozilla/5.0 (X11)"',
    {
      time: AT,
      method: 'POST',
      target: '/orders',
      status: 201,
      userAgent: 'Mozilla/5.0 (X11)',
      credential: 'basic',
    },
  ],
  [
    'combined with the virtual host in front',
    'shop.example:443 192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /cart HTTP/1.1" 304 - "-" "-"',
    { time: AT, host: 'shop.example:443', method: 'GET', target: '/cart', status: 304 },
  ],
  [
    'combined from an address of IPv6',
    '2001:db8::7 - - [22/Nov/2026:03:25:12 +0000] "DELETE /cart/1 HTTP/1.1" 204 0 "-" "curl/8.5.0"',
    { time: AT, method: 'DELETE', target: '/cart/1', status: 204, userAgent: 'curl/8.5.0' },
  ],
  [
    'combined with quotes and bytes escaped',
    String.raw`192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /s/\xc3\xa9\"x\" HTTP/1.1" 200 1 "-" "a \"quoted\" agent"`,
    {
      time: AT,
      method: 'GET',
      target: '/s/%C3%A9"x"',
      status: 200,
      userAgent: 'a "quoted" agent',
    },
  ],
  [
    'combined with an absolute target',
    '192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET http://orders.shop:8080/orders/1?x=1 HTTP/1.1" 200 1 "-" "-"',
    { time: AT, method: 'GET', target: 'http://orders.shop:8080/orders/1?x=1', status: 200 },
  ],
  [
    'ingress-nginx, which names namespace, service and port',
    '192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /orders/1 HTTP/1.1" 200 15 "-" "curl/8.5.0" 87 0.004 [shop-orders-8080] [] 10.0.0.4:8080 15 0.004 200 6b1c',
    {
      time: AT,
      method: 'GET',
      target: '/orders/1',
      status: 200,
      service: 'shop-orders',
      userAgent: 'curl/8.5.0',
    },
  ],
  [
    'Traefik, common',
    '192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /orders/1 HTTP/1.1" 200 15 "-" "curl/8.5.0" 17 "orders@docker" "http://10.0.0.4:8080" 3ms',
    {
      time: AT,
      method: 'GET',
      target: '/orders/1',
      status: 200,
      service: 'orders',
      userAgent: 'curl/8.5.0',
    },
  ],
  [
    'nginx, JSON with a request line and numbers as text',
    '{"time_local":"22/Nov/2026:03:25:12 +0000","remote_addr":"192.0.2.7","remote_user":"","request":"GET /orders/17?a=1 HTTP/1.1","status":"200","http_user_agent":"curl/8.5.0","host":"shop.example"}',
    {
      time: AT,
      method: 'GET',
      target: '/orders/17?a=1',
      status: 200,
      userAgent: 'curl/8.5.0',
      host: 'shop.example',
    },
  ],
  [
    'nginx, JSON with the parts apart',
    '{"msec":"1795317912.000","request_method":"PUT","uri":"/orders/17","args":"dry=1","status":409,"server_name":"shop.example","ssl_client_verify":"SUCCESS"}',
    {
      time: AT,
      method: 'PUT',
      target: '/orders/17',
      query: 'dry=1',
      status: 409,
      host: 'shop.example',
      credential: 'mtls',
    },
  ],
  [
    'Envoy, text',
    '[2026-11-22T03:25:12.000Z] "POST /orders HTTP/1.1" 201 - 154 0 226 100 "192.0.2.7" "curl/8.5.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "orders.shop:8080" "tcp://10.0.2.1:80"',
    {
      time: AT,
      method: 'POST',
      target: '/orders',
      status: 201,
      userAgent: 'curl/8.5.0',
      host: 'orders.shop:8080',
    },
  ],
  [
    'Istio, text',
    '[2026-11-22T03:25:12.000Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 4 4 "-" "curl/8.5.0" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "10.44.1.27:80" outbound|8000||httpbin.foo.svc.cluster.local 10.44.1.23:37652 10.0.45.184:8000 10.44.1.23:46520 - default',
    {
      time: AT,
      method: 'GET',
      target: '/status/418',
      status: 418,
      userAgent: 'curl/8.5.0',
      host: 'httpbin.foo.svc.cluster.local',
    },
  ],
  [
    'Istio, text, of the side that is called',
    '[2026-11-22T03:25:12.000Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 3 1 "-" "curl/8.5.0" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default',
    {
      time: AT,
      method: 'GET',
      target: '/status/418',
      status: 418,
      userAgent: 'curl/8.5.0',
      host: 'httpbin:8000',
    },
  ],
  [
    'Envoy, JSON, with a verified caller and gRPC',
    '{"start_time":"2026-11-22T03:25:12.000Z","method":"POST","path":"/payments.v1.Cards/Charge","protocol":"HTTP/2","response_code":200,"grpc_status":"NotFound","authority":"payments:9000","upstream_cluster":"payments","downstream_peer_uri_san":"spiffe://example.org/ns/shop/sa/orders","x_envoy_original_path":null,"user_agent":"grpc-go/1.60"}',
    {
      time: AT,
      method: 'POST',
      target: '/payments.v1.Cards/Charge',
      status: 200,
      grpcStatus: 'NotFound',
      isGrpc: true,
      host: 'payments:9000',
      cluster: 'payments',
      credential: 'mtls',
      peer: 'spiffe://example.org/ns/shop/sa/orders',
      userAgent: 'grpc-go/1.60',
    },
  ],
  [
    'Envoy, JSON, with pseudo headers as names',
    '{"start_time":"2026-11-22T03:25:12.000Z",":method":"GET",":path":"/a","response_code":0,":authority":"-","upstream_cluster":"outbound|80|v2|orders.shop.svc.cluster.local"}',
    { time: AT, method: 'GET', target: '/a', status: 0, host: 'orders.shop.svc.cluster.local' },
  ],
  [
    'Kong, with headers',
    '{"request":{"method":"GET","uri":"/api/orders/1?size=3","url":"http://gw:8000/api/orders/1?size=3","headers":{"host":"gw","Authorization":"REDACTED","user-agent":"curl/8.5.0"},"querystring":{"size":"3"}},"upstream_uri":"/orders/1?size=3","response":{"status":200,"headers":{"x":"y"}},"service":{"name":"orders","host":"orders.shop","id":"1"},"route":{"name":"api","paths":["/api"]},"started_at":1795317912000,"latencies":{"proxy":3}}',
    {
      time: AT,
      method: 'GET',
      target: '/orders/1?size=3',
      status: 200,
      service: 'orders',
      host: 'gw',
      userAgent: 'curl/8.5.0',
      credential: 'token',
    },
  ],
  [
    'Traefik, JSON',
    '{"ClientAddr":"192.0.2.7:1","DownstreamStatus":200,"RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/orders/1?x=2","RouterName":"r@docker","ServiceName":"orders@docker","StartUTC":"2026-11-22T03:25:12.000000001Z","request_User-Agent":"curl/8.5.0","time":"2026-11-22T03:25:12Z"}',
    {
      time: AT,
      method: 'GET',
      target: '/orders/1?x=2',
      status: 200,
      service: 'orders',
      host: 'shop.example',
      userAgent: 'curl/8.5.0',
    },
  ],
  [
    'Caddy, with lists of values',
    '{"level":"info","ts":1795317912.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/orders/1","headers":{"User-Agent":["curl/8.5.0"],"Cookie":[]}},"user_id":"","status":200}',
    {
      time: AT + 500,
      method: 'GET',
      target: '/orders/1',
      status: 200,
      host: 'shop.example',
      userAgent: 'curl/8.5.0',
      credential: 'cookie',
    },
  ],
  [
    'Elastic Common Schema, nested, and a route',
    '{"@timestamp":"2026-11-22T03:25:12.000Z","http":{"request":{"method":"GET"},"response":{"status_code":200},"route":"/orders/:id"},"url":{"path":"/orders/1","query":"a=1"},"service":{"name":"orders","namespace":"shop"}}',
    {
      time: AT,
      method: 'GET',
      target: '/orders/1',
      query: 'a=1',
      status: 200,
      service: 'orders',
      namespace: 'shop',
      route: '/orders/:id',
    },
  ],
  [
    'Elastic Common Schema, flat',
    '{"@timestamp":"2026-11-22T03:25:12.000Z","http.request.method":"GET","http.response.status_code":200,"url.path":"/orders/1","service.name":"orders"}',
    { time: AT, method: 'GET', target: '/orders/1', status: 200, service: 'orders' },
  ],
  [
    'AWS Application Load Balancer',
    'https 2026-11-22T03:25:12.000000Z app/lb/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.000 0.001 0.000 201 201 34 366 "POST https://shop.example:443/orders?x=1 HTTP/1.1" "curl/8.5.0" - - arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/73e2d6bc24d8a067 "Root=1-58337262" "-" "-" 0 2026-11-22T03:25:12.000000Z "forward" "-" "-" "10.0.0.1:80" "201" "-" "-"',
    {
      time: AT,
      method: 'POST',
      target: 'https://shop.example:443/orders?x=1',
      status: 201,
      service: 'orders',
      userAgent: 'curl/8.5.0',
    },
  ],
  [
    'a line that Kubernetes wrote around another',
    '2026-11-22T03:25:13.123456789Z stdout F 192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /a HTTP/1.1" 200 5',
    { time: AT, method: 'GET', target: '/a', status: 200 },
  ],
  [
    'a line that Docker wrote around another',
    String.raw`{"log":"{\"time\":\"2026-11-22T03:25:12Z\",\"method\":\"GET\",\"path\":\"/a\",\"status\":200}\n","stream":"stdout","time":"2026-11-22T03:25:13Z"}`,
    { time: AT, method: 'GET', target: '/a', status: 200 },
  ],
  [
    'a line that syslog wrote around another',
    '<190>Nov 22 03:25:12 web1 nginx: 192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /a HTTP/1.1" 200 5',
    { time: AT, method: 'GET', target: '/a', status: 200 },
  ],
];

describe('a line of a log', () => {
  it.each(LINES)('%s', (_, line, want) => {
    expect(parseLine(line)).toEqual(want);
  });

  it.each([
    [
      'TLS at a plain port',
      String.raw`192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "\x16\x03\x01\x00" 400 150 "-" "-"`,
      'malformed request line',
    ],
    [
      'nothing that was sent',
      '192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "-" 408 0 "-" "-"',
      'malformed request line',
    ],
    [
      'blanks in the target',
      '192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /a b HTTP/1.1" 400 0',
      'malformed request line',
    ],
    [
      'a time that is none',
      '192.0.2.7 - - [99/Nov/2026:03:25:12 +0000] "GET /a HTTP/1.1" 400 0',
      'not a known format',
    ],
    [
      'no HTTP in Envoy',
      '[2026-11-22T03:25:12.000Z] "- - -" 0 - 0 0 5 - "-" "-" "-" "-" "10.0.0.1:5432"',
      'not a request',
    ],
    ['JSON of something else', '{"level":"info","msg":"listening"}', 'not a request'],
    ['JSON that is cut off', '{"time":"2026-11-22T03:25:12Z","meth', 'not a known format'],
    ['a list', '[1,2]', 'not a known format'],
    ['prose', 'Server started on port 8080', 'not a known format'],
  ])('of %s is dropped', (_, line, reason) => {
    expect(parseLine(line)).toBe(reason);
  });

  it.each<[AccessLogFormat, string, string]>([
    ['combined', '{"method":"GET","path":"/"}', 'not a known format'],
    [
      'json',
      '192.0.2.7 - - [22/Nov/2026:03:25:12 +0000] "GET /a HTTP/1.1" 200 5',
      'not a known format',
    ],
  ])('of another format than %s is dropped where that is asked for', (format, line, reason) => {
    expect(parseLine(line, format)).toBe(reason);
  });
});
