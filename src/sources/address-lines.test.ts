import { describe, expect, it } from 'vitest';
import { addressesInText } from './address-lines.ts';

describe('addressesInText', () => {
  it.each([
    ['reads properties', 'a.url=http://orders:80', 'orders 0 a.url'],
    ['reads YAML', 'x:\n  - host: orders', 'orders 1 host'],
    ['reads JSON', '{\n  "stockUrl": "http://stock:1",\n}', 'stock 1 stockUrl'],
    ['reads nginx', 'proxy_pass http://web:8080;', 'web 0 proxy_pass'],
    ['reads lists', `- targets: ["a:9090", 'b:80']`, 'a 0 targets,b 0 targets'],
    ['leaves out lists of words', 'endpoints: [health]', ''],
    ['passes over comments', '# http://orders\n// http://orders\n; http://orders', ''],
    [
      'keeps public addresses of programs',
      'api_url: https://hooks.slack.com/x',
      'hooks.slack.com 0 api_url',
    ],
    ['leaves out links for people', '"url": "https://grafana.com/docs"', ''],
    ['leaves out public hosts in prose', 'see https://grafana.com', ''],
    ['passes over very long lines', `a=http://orders${'x'.repeat(2_000)}`, ''],
  ])('%s', (_, text, want) => {
    const found = addressesInText(text);
    expect(found.map(({ host, lineIndex, name }) => `${host} ${lineIndex} ${name}`).join()).toBe(
      want,
    );
  });
});
