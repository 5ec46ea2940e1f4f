// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of shells and templates
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect, detectValue, secretOf } from './detect.ts';
import type { Syntax } from './match.ts';
import { ALPHANUMERIC, HEX, made, STRONG } from './testing/made.ts';

const RANDOM = made(32, ALPHANUMERIC, 'generic');
/** A vendor's default password, put together so that this file does not hold one. */
const WEAK = ['ro', 'ot'].join('');

/** `<V>` stands for the value, which is put in when the test runs. */
const FOUND: readonly [syntax: Syntax, text: string, value: string, kind: string][] = [
  ['env', 'DB_PASSWORD=<V>', STRONG, 'password'],
  ['env', 'export MYSQL_ROOT_PASSWORD=<V>', WEAK, 'mysql'],
  ['env', 'JWT_SECRET="<V>"', RANDOM, 'signing-key'],
  ['env', 'SECRET_KEY=<V> # kept here', RANDOM, 'secret'],
  ['shell', 'REDIS_PASSWORD=${REDIS_PASSWORD:-<V>}', STRONG, 'redis'],
  ['shell', 'run --db-password=<V> --verbose', STRONG, 'password'],
  ['shell', 'run --token <V>', RANDOM, 'token'],
  ['shell', 'mysqladmin ping -u root -p<V>', WEAK, 'mysql'],
  ['shell', 'mysql -h db -u root -p<V> shop < dump.sql', STRONG, 'mysql'],
  ['shell', 'curl -s -u admin:<V> http://nexus/', STRONG, 'basic-auth'],
  ['shell', 'redis-cli -h cache -a <V> ping', STRONG, 'redis'],
  ['shell', 'echo "root:<V>" | chpasswd', STRONG, 'password'],
  ['shell', 'keytool -list -storepass <V>', STRONG, 'keystore'],
  ['dockerfile', 'ENV POSTGRES_PASSWORD <V>', STRONG, 'postgres'],
  ['dockerfile', 'ARG NPM_TOKEN=<V>', RANDOM, 'token'],
  ['properties', 'spring.datasource.password=<V>', WEAK, 'password'],
  ['properties', 'requirepass <V>', STRONG, 'redis'],
  ['properties', '#smtp.password = <V>', STRONG, 'smtp'],
  ['yaml', 'mongo:\n  password: <V>   # the root user', STRONG, 'password'],
  ['yaml', "auth: {user: shop, password: '<V>'}", STRONG, 'password'],
  ['yaml', 'auth: {user: shop, password: <V>}', STRONG, 'password'],
  ['yaml', 'env:\n  - name: API_KEY\n    value: <V>', RANDOM, 'api-key'],
  ['yaml', 'password: ${DB_PASSWORD:<V>}', STRONG, 'password'],
  ['yaml', 'url: jdbc:postgresql://db/shop\npassword: <V>', STRONG, 'postgres'],
  ['json', '{"client_secret": "<V>"}', RANDOM, 'client-secret'],
  ['json', '[{"name": "DB_PASSWORD", "value": "<V>"}]', STRONG, 'password'],
  ['json', '{"pin_password": 48151623}', '48151623', 'password'],
  ['xml', '<password><V></password>', STRONG, 'password'],
  ['xml', '<Pass encoding="base64"><V></Pass>', STRONG, 'password'],
  ['xml', '<property name="password" value="<V>"/>', STRONG, 'password'],
  ['xml', '<connection user="shop" password="<V>"/>', STRONG, 'password'],
  ['xml', '<string name="api_key"><V></string>', RANDOM, 'api-key'],
  ['code', 'const password = "<V>";', STRONG, 'password'],
  ['code', "String dbPassword = '<V>'", STRONG, 'password'],
  ['code', 'const apiKey: string = `<V>`;', RANDOM, 'api-key'],
  ['code', 'cfg := Config{Password: "<V>"}', STRONG, 'password'],
  ['code', "define('DB_PASSWORD', '<V>');", STRONG, 'password'],
  ['code', "os.environ.get('SESSION_SECRET', '<V>')", RANDOM, 'signing-key'],
  ['code', 'builder.password("<V>")', STRONG, 'password'],
  ['code', 'var jwtKey = []byte("<V>")', RANDOM, 'signing-key'],
  ['code', 'requests.get(url, auth=HTTPBasicAuth("admin", "<V>"))', STRONG, 'password'],
  ['code', 'dsn = "Server=db;User Id=sa;Password=<V>;"', STRONG, 'password'],
  ['code', '"jdbc:mysql://db/shop?user=shop&password=<V>&ssl=true"', STRONG, 'mysql'],
  ['code', 'variable "db_password" {\n  default = "<V>"\n}', STRONG, 'password'],
  ['code', '"amqp://shop:<V>@rabbit:5672/"', STRONG, 'amqp'],
  ['code', '"mongodb+srv://shop:<V>@cluster0.example.net/shop"', STRONG, 'mongodb'],
  ['code', '"redis://:<V>@cache:6379/0"', STRONG, 'redis'],
  ['code', 'var dsn = "shop:<V>@tcp(mysql:3306)/shop?parseTime=true"', STRONG, 'mysql'],
  ['yaml', 'dsn: root:<V>@tcp(mysql:3306)/shop', WEAK, 'mysql'],
  ['yaml', 'AWS_SECRET_ACCESS_KEY: <V>', made(40, ALPHANUMERIC, 'aws'), 'aws-access-key'],
  ['yaml', 'url: postgres://shop:${DB_PASSWORD:-<V>}@db/shop', STRONG, 'postgres'],
  ['sql', "CREATE USER shop IDENTIFIED BY '<V>';", STRONG, 'mysql'],
  ['sql', "ALTER ROLE shop WITH LOGIN PASSWORD '<V>';", STRONG, 'password'],
];

describe('detect', () => {
  it.each(FOUND)('finds, in %s, the value of %s', (syntax, template, value, kind) => {
    const text = template.replace('<V>', value);
    const matches = detect(text, { syntax, path: 'file' });
    expect(matches.map((match) => [text.slice(match.start, match.end), match.kind])).toEqual([
      [value, kind],
    ]);
  });

  it('names what it finds after the variable or key', () => {
    const names = (text: string, syntax: Syntax) =>
      detect(text, { syntax, path: 'file' }).map(({ name }) => name);
    expect(names(`spring.datasource.password=${STRONG}`, 'properties')).toEqual([
      'spring.datasource.password',
    ]);
    expect(names(`DB_URL=postgres://shop:${STRONG}@db/shop`, 'env')).toEqual(['DB_URL']);
    expect(names(`run --db-password ${STRONG}`, 'shell')).toEqual(['db-password']);
  });

  it('says what stands on a command line', () => {
    const [match] = detect(`run --db-password=${STRONG}`, { syntax: 'shell', path: 'run.sh' });
    expect(match?.argument).toBe(true);
  });

  it('looks for provider patterns only in texts for people of several languages', () => {
    const text = `password=${STRONG}\nkey=AIza${made(35)}\n`;
    const context = { syntax: 'properties', path: 'messages_de.properties' } as const;
    expect(detect(text, { ...context, translations: true }).map(({ rule }) => rule)).toEqual([
      'google-api-key',
    ]);
  });

  it('gives no more than the limit, in the order of the text, and none that overlap', () => {
    const text = Array.from({ length: 20 }, (_, i) => `password${i}=${made(14)}${i}`).join('\n');
    const limits = { maxMatches: 7, maxLineLength: 1_000 };
    const matches = detect(text, { syntax: 'env', path: '.env' }, limits);
    expect(matches).toHaveLength(7);
    matches.reduce((end, match) => {
      expect(match.start).toBeGreaterThanOrEqual(end);
      return match.end;
    }, 0);
  });

  it('passes over names in lines that are longer than the limit', () => {
    const text = `a password=${STRONG} ${'x'.repeat(300)}`;
    const limits = { maxMatches: 10, maxLineLength: 100 };
    expect(detect(text, { syntax: 'env', path: '.env' }, limits)).toEqual([]);
  });

  it('undoes escapes, so that equal values are equal wherever they are written', () => {
    const text = `{"password": "${made(10)}\\"${made(6)}"}`;
    const [match] = detect(text, { syntax: 'json', path: 'a.json' });
    expect(match && secretOf(text, match)).toBe(`${made(10)}"${made(6)}`);
  });

  it('gives matches inside the text for any text, and never throws', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        'password',
        '=',
        '"',
        ': ',
        '${',
        '}',
        '://',
        '@',
        '\\',
        '-----BEGIN PRIVATE KEY-----',
        'eyJ',
        '\n',
        'secret',
        '--token ',
        "IDENTIFIED BY '",
      ),
    );
    const syntaxes = fc.constantFrom<Syntax[]>(
      'env',
      'yaml',
      'json',
      'xml',
      'code',
      'shell',
      'properties',
      'docs',
      'sql',
      'dockerfile',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), syntaxes, (parts, syntax) => {
        const text = parts.join('');
        for (const { start, end } of detect(text, { syntax, path: '.netrc' })) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});

describe('hostile lines of a megabyte', () => {
  const SIZE = 1_000_000;
  const HOSTILE = [
    'password=',
    'password="',
    "password='",
    'password',
    'pass:',
    'a://',
    'a://b:',
    '${password:',
    'token,"',
    'eyJ',
    'eyJa.eyJb.',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN CERTIFICATE-----',
    '"kty":"RSA","d":"',
    'datadog',
    'secretkey',
    'mysql -p',
    'curl -u ',
    "IDENTIFIED WITH 'a ",
    'CREATE USER ',
    'glpat-',
    '"d":"',
    '?sv=a',
    'login("a","',
    'name: password\n',
    '<password ',
    'x',
    '\\',
    '{',
    '. ',
    'authorization: basic ',
    'PuTTY-User-Key-File-2: ',
    'variable "password" {',
    'password: string ',
  ];
  it.each(HOSTILE)('cost linear time: %j', (unit) => {
    const text = unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);
    const limits = { maxMatches: 100, maxLineLength: Number.POSITIVE_INFINITY };
    const matches = detect(text, { syntax: 'code', path: '.netrc' }, limits);
    expect(matches.length).toBeLessThanOrEqual(100);
  });
});

describe('detectValue', () => {
  it('reads a value of several lines as the file that its name says', () => {
    const value = `db:\n  user: shop\n  password: ${STRONG}\n`;
    const [match] = detectValue('application.yml', value);
    expect(match && value.slice(match.start, match.end)).toBe(STRONG);
  });

  it('names an address with a password after its variable', () => {
    expect(detectValue('ACCOUNTS_DB', `postgresql://shop:${STRONG}@db/shop`)).toMatchObject([
      { name: 'ACCOUNTS_DB', kind: 'postgres' },
    ]);
  });

  it('takes the kind of a database from what stands beside it', () => {
    expect(detectValue('DB_PASSWORD', STRONG, 'jdbc:mysql://db/shop')).toMatchObject([
      { kind: 'mysql' },
    ]);
  });

  it('finds nothing in hexadecimal that no name calls secret', () => {
    expect(detectValue('COMMIT', made(40, HEX))).toEqual([]);
  });
});
