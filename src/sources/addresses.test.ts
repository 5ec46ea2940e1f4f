// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what is tested
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesIn, addressesInCommand } from './addresses.ts';

const rows: readonly (readonly [string, string, string, string])[] = [
  ['reads a URL of a service', 'ORDERS', 'http://orders:8080/path?x=1', 'orders:8080'],
  [
    'reads a cluster-local URL',
    'X',
    'https://y.shop.svc.cluster.local/x',
    'y.shop.svc.cluster.local',
  ],
  ['marks public hosts as outside', 'STRIPE', 'https://api.stripe.com/v1', '!api.stripe.com'],
  [
    'takes a host with its namespace for internal',
    'X',
    'http://payments.shop:80',
    'payments.shop:80',
  ],
  ['drops user and password', 'DB', 'postgres://u:pw@db:5432/x', 'db:5432'],
  ['leaves out what a password cuts short', 'DB', 'postgres://u:12/34@db:5432/x', ''],
  ['drops a password that holds an @', 'DB', 'amqp://u:p@w@mq', 'mq'],
  ['reads lists in URLs', 'M', 'mongodb://u:pw@a:1,b:2/x?replicaSet=r', 'a:1 b:2'],
  ['reads JDBC', 'DB', 'jdbc:mysql://db:3306/x?useSSL=false', 'db:3306'],
  ['reads JDBC for Oracle', 'DB', 'jdbc:oracle:thin:@ora:1521/x', 'ora:1521'],
  ['reads JDBC for SQL Server', 'DB', 'jdbc:sqlserver://ms:1433;databaseName=x', 'ms:1433'],
  ['reads a Go MySQL string', 'DSN', 'u:pw@tcp(db:3306)/x', 'db:3306'],
  ['reads an ADO.NET string', 'DB', 'Server=tcp:ms,1433;Database=x;Password=pw', 'ms:1433'],
  ['reads a libpq string', 'DB', 'host=db port=5432 password=pw', 'db'],
  ['reads host and port', 'ANY', 'redis:6379', 'redis:6379'],
  ['reads a list', 'KAFKA', 'a:9092,b:9092', 'a:9092 b:9092'],
  ['reads a gRPC target', 'X', 'dns:///cart:7070', 'cart:7070'],
  ['reads a bare host by its name', 'REDIS_HOST', 'redis', 'redis'],
  ['reads a bare host by a dotted name', 'spring.redis.host', 'redis', 'redis'],
  ['reads a bare host by a name in camel case', 'redisHost', 'redis', 'redis'],
  ['leaves a bare word alone', 'MODE', 'redis', ''],
  ['leaves switches alone', 'USE_SERVICE', 'true', ''],
  ['takes the default of a placeholder', 'X', 'http://${H:-cart}:${P:-70}/', 'cart:70'],
  ["takes Spring's default", 'X', 'http://${H:cart}', 'cart'],
  ['leaves out unresolved hosts', 'X', 'http://$(HOST):80', ''],
  ['leaves out partly unresolved hosts', 'X', 'http://cart-${ENV}:80', ''],
  ['keeps a host with an unresolved port', 'X', 'http://cart:$(PORT)/', 'cart'],
  [
    'leaves out the machine itself',
    'X_URL',
    'http://localhost:80 http://127.0.0.1 http://[::1]:80',
    '',
  ],
  ['leaves out documentation', 'X_URL', 'http://www.w3.org/x https://example.com', ''],
  ['leaves images alone', 'SIDECAR_IMAGE', 'redis:7000', ''],
  ['leaves versions alone', 'X', 'node:18', ''],
  ['leaves files alone', 'X', 'file:///etc/passwd unix:///var/run/x.sock', ''],
  ['leaves sentences alone', 'GREETING_HOST', 'welcome to the shop', ''],
];

function render(addresses: ReturnType<typeof addressesIn>): string {
  return addresses
    .map(({ host, port, known }) => `${known ? '' : '!'}${host}${port ? `:${port}` : ''}`)
    .join(' ');
}

describe('addressesIn', () => {
  it.each(rows)('%s', (_, name, value, want) => {
    expect(render(addressesIn(name, value))).toBe(want);
  });

  const schemes: [value: string, port: number | undefined][] = [
    ['http://orders/v1', 80],
    ['https://orders', 443],
    ['http://orders:8080', undefined],
    ['http://orders:$(PORT)', undefined],
    ['redis://cache', undefined],
  ];
  it.each(schemes)('of %s, the port that the scheme means is %s', (value, want) => {
    expect(addressesIn('X', value).map(({ schemePort }) => schemePort)).toEqual([want]);
  });

  it('gives addresses for any text, never a password, and never hangs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
        addressesIn(name, value);
        const hosts = render(
          addressesIn('URL', `http://user:${encodeURIComponent(value)}x9q@db:1/`),
        );
        expect(hosts).toBe('db:1');
      }),
    );
    for (const unit of ['${', 'a:', 'http://', '@tcp(', 'host=', ';server=', '$(', 'a.', '-']) {
      addressesIn('X_URL', unit.repeat(200_000));
    }
  });
});

describe('addressesInCommand', () => {
  it.each([
    [['--orders=http://orders', '-v'], 'orders'],
    [['--redis-addr', 'redis:6379', 'serve'], 'redis:6379'],
    [['--redis-host', 'redis'], 'redis'],
    [
      ['sh', '-c', 'until curl -f "http://db:80/x"; do sleep 1; done; nc -z mq:5672'],
      'db:80 mq:5672',
    ],
    [['serve', '--port', '8080'], ''],
  ])('reads %j', (words, want) => {
    expect(render(addressesInCommand(words))).toBe(want);
  });
});
