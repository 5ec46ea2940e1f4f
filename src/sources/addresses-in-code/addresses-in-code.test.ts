// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what is tested
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, parseYaml } from '../../base/data.ts';
import { testGolden } from '../code/golden.ts';
import { readTexts } from '../read-texts.ts';
import { addressesInCode as addressesInText } from './code-addresses.ts';
import { addressesInDockerfile } from './dockerfile.ts';
import { kindOfFile } from './files.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { addressesInCode } from './index.ts';

function render(line: string): string {
  return addressesInText(line)
    .map(({ host, port, operation }) =>
      [`${host}${port === undefined ? '' : `:${port}`}`, operation].filter(Boolean).join(' '),
    )
    .join(', ');
}

function routes(yaml: string): string[] {
  return parseYaml(yaml).documents.flatMap((document) =>
    gatewayRoutes(document).map(({ gateway, host, port, path, methods, name }) =>
      [gateway, name, `${host}:${port ?? ''}`, path, ...methods].join(' '),
    ),
  );
}

describe('gatewayRoutes', () => {
  it('reads predicates in both forms', () => {
    const yaml = `spring: { cloud: { gateway: { server: { webflux: { routes: [
      { id: a, uri: 'lb://orders', predicates: ['Path=/a/**,/b', 'Method=get'] },
      { uri: 'http://x:80', predicates: [{ name: Path, args: { p: /c } }] },
      { uri: 'lb://everything' }, { uri: 'http://localhost' }, 7 ] } } } } }`;
    expect(routes(yaml)).toEqual([
      'Spring Cloud Gateway a orders: /a/** GET',
      'Spring Cloud Gateway a orders: /b GET',
      'Spring Cloud Gateway 1 x:80 /c',
      'Spring Cloud Gateway 2 everything: /**',
    ]);
  });

  it('reads the short and the long form of Zuul', () => {
    const yaml =
      'zuul: { routes: { a: /a/**, b: { path: /b/**, serviceId: s }, c: { url: "http://d:1" } } }';
    expect(routes(yaml)).toEqual(['Zuul a a: /a/**', 'Zuul b s: /b/**', 'Zuul c d:1 /c/**']);
  });

  it('gives routes or nothing for any value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const documents = parseJson(
          JSON.stringify({
            spring: { cloud: { gateway: { routes: value } } },
            zuul: { routes: value },
          }),
        ).documents;
        for (const document of documents) gatewayRoutes(document);
      }),
    );
  });
});

describe('addressesInCode', () => {
  testGolden(addressesInCode, join(import.meta.dirname, 'testdata'));

  it.each([
    ['a URL with a call around it', `requests.get('http://user/x/1')`, 'user GET /x/1'],
    ['a URL that is continued', `requests.get('http://user/x/' + id)`, 'user'],
    ['a template', 'axios.put(`http://user/x/${a.id}/y`, b)', 'user PUT /x/{id}/y'],
    ['an f-string', 'httpx.delete(f"http://user/x/{id}")', 'user DELETE /x/{id}'],
    ['a format', `fmt.Sprintf("http://user/x/%s", id)`, 'user'],
    ['fetch with a method', `fetch('http://user/x', { method: 'POST' })`, 'user'],
    ['a Go request', `http.NewRequest("POST", "http://user:80/x", nil)`, 'user:80 POST /x'],
    [
      'a C# client',
      `await client.GetFromJsonAsync<Item[]>("http://catalog/items");`,
      'catalog GET /items',
    ],
    ['an environment default', `os.getenv("CART_HOST", "cart")`, 'cart'],
    ['a default behind ??', `process.env["CART_URL"] ?? "http://cart:1"`, 'cart:1'],
    [
      'a default in place of null',
      `h = System.getenv("CART_HOSTNAME") == null ? "cart" : System.getenv("CART_HOSTNAME");`,
      'cart',
    ],
    ['a discovery client', `discoveryClient.getInstances("stores").get(0)`, 'stores'],
    ['a Feign client', `@FeignClient(name = "stores")`, 'stores'],
    ['a comment', `  // http://user/`, ''],
    ['a comment behind code', `x = 1  # http://user/`, ''],
    ['a file', `templateUrl: 'page.html'`, ''],
    ['a ratio', `aspect = "w:16"; time = "at:30"`, ''],
    ['a PHP stream', `fopen('php://stdout')`, ''],
    ['an unresolved host', 'fetch(`http://${host}/x`)', ''],
  ])('reads %s', (_, line, want) => {
    expect(render(line)).toBe(want);
  });

  it.each([
    ['src/app.py', 'code'],
    ['src/main/resources/application-dev.yaml', 'settings'],
    ['deploy/Dockerfile.web', 'dockerfile'],
    ['web/nginx.conf.template', 'settings'],
    ['k8s/deployment.yaml', undefined],
    ['docs/app.py', undefined],
    ['old-docs/app.py', undefined],
    ['tests/app.py', undefined],
    ['package.json', undefined],
    ['package-lock.json', undefined],
    ['.env.example', undefined],
    ['README.md', undefined],
  ])('takes %s for %s', (path, want) => {
    expect(kindOfFile(path)).toBe(want);
  });

  it('says what gives the address away, and where', () => {
    const { observations } = readTexts(addressesInCode, {
      'a.js': `const x = process.env.CART_HOST || 'cart';`,
      'b/.env': 'CART_HOST=cart\n',
      'c/Dockerfile': 'ENV CART_HOST=cart\n',
    });
    const lines = observations.flatMap((observation) =>
      observation.kind === 'call' ? [`${observation.evidence} ${observation.source.column}`] : [],
    );
    expect(lines).toEqual([
      'default of CART_HOST in code 37',
      'address in .env 11',
      'environment variable CART_HOST 15',
    ]);
  });

  it('says which variables for addresses the code names, but not who sets them', () => {
    const { observations } = readTexts(addressesInCode, {
      'a.py': 'os.environ["ORDERS_API_ADDR"]; os.environ.get("LOG_LEVEL"); xORDERS_HOST; IMAGE_TAG',
      'application.properties': 'users.url=${USERS_URL}\n',
      '.env': 'PAYMENTS_URL=http://payments\n',
      Dockerfile: 'ENV MAIL_HOST=mail\n',
    });
    const uses = observations.flatMap((one) => (one.kind === 'variable-use' ? one.names : []));
    expect(uses).toEqual(['ORDERS_API_ADDR', 'USERS_URL']);
  });

  it('tells the calls of settings that a Dockerfile copies into its image', () => {
    const { observations } = readTexts(addressesInCode, {
      'ops/scraper/Dockerfile':
        'FROM x\nADD scraper.yml /etc/scraper/\nCOPY ./provisioning /etc/charts/provisioning\nCOPY --from=build lost.yml /\nCOPY . /app\n',
      'ops/scraper/scraper.yml': "scrape:\n  - targets: ['orders:8080']\n",
      'ops/scraper/lost.yml': 'url: http://lost\n',
      'ops/scraper/provisioning/sources/all.yml': 'apiVersion: 1\nurl: http://scraper:9090\n',
      'ops/scraper/provisioning/k8s.yml': 'apiVersion: v1\nkind: X\nurl: http://other\n',
    });
    const calls = observations.flatMap((one) =>
      one.kind === 'call' && one.from.by === 'place' && one.to.by === 'address'
        ? [`${one.from.file} ${one.to.host} ${one.source.file}:${one.source.line}`]
        : [],
    );
    expect(calls).toEqual([
      'ops/scraper/Dockerfile orders ops/scraper/scraper.yml:2',
      'ops/scraper/Dockerfile scraper ops/scraper/provisioning/sources/all.yml:2',
    ]);
  });
  it('reads every form of ENV and ARG', () => {
    const text =
      'ENV A_HOST a\nENV B_HOST=b C_URL="http://c" \\\n  D_HOST=\'d\'\nARG E_HOST=e\nRUN F_HOST=f\n';
    expect(
      addressesInDockerfile(text).map(({ host, lineIndex }) => `${host}:${lineIndex}`),
    ).toEqual(['a:0', 'b:1', 'c:1', 'd:2', 'e:3']);
  });

  it('never shows what stands before the host, never throws, and never hangs', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (before, secret) => {
          const password = `${encodeURIComponent(secret)}x9q`;
          const text = `${before}\nurl = "amqp://user:${password}@queue:5672/"`;
          for (const path of ['a.py', 'a.properties', 'application.yml', 'Dockerfile']) {
            const { observations } = readTexts(addressesInCode, { [path]: text });
            expect(JSON.stringify(observations)).not.toContain('x9q');
          }
        },
      ),
    );
    for (const unit of ['"a', '://', 'a:', 'A ', "'a.", 'getServiceUrl(', 'ENV ', '\\']) {
      const text = `http://x\n${unit.repeat(900)}\n`.repeat(100);
      for (const path of ['a.py', 'a.conf', 'Dockerfile'])
        readTexts(addressesInCode, { [path]: text });
    }
  });
});
