// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what is tested
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import { observationLines } from '../observation-lines.ts';
import { readFolder } from '../read.ts';
import { readTexts } from '../read-texts.ts';
import { compose } from './index.ts';
import { interpolate } from './interpolate.ts';
import { isComposeFile } from './project.ts';

const TESTDATA = join(import.meta.dirname, 'testdata');

describe('the compose reader', () => {
  it.each(readdirSync(TESTDATA))('reads %s as its golden file says', async (name) => {
    const folder = join(TESTDATA, name);
    const { observations, diagnostics } = readFolder(new Folder(join(folder, 'input')), [compose]);
    expect(diagnostics).toEqual([]);
    await expect(`${observationLines(observations)}\n`).toMatchFileSnapshot(join(folder, 'want'));
  });

  it.each([
    ['docker-compose.yml', true],
    ['a/compose.prod.yaml', true],
    ['quickstart-docker-compose.yml', true],
    ['decompose.yml', false],
    ['docker-compose.md', false],
  ])('takes %s for a Compose file: %s', (path, want) => {
    expect(isComposeFile(path)).toBe(want);
  });

  it('ends where files extend each other', () => {
    const text = (file: string) => `services: { a: { extends: { file: ${file}, service: a } } }`;
    readTexts(compose, { 'compose.yml': text('b.yml'), 'b.yml': text('compose.yml') });
  });

  it('gives observations or diagnostics for any bytes and shapes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.jsonValue({ maxDepth: 4 }),
        (bytes, value) => {
          const services = {
            a: {
              image: value,
              build: value,
              environment: value,
              ports: [value],
              links: value,
              volumes: [value],
              healthcheck: value,
            },
          };
          readTexts(compose, {
            'compose.yml': Buffer.from(bytes),
            'docker-compose.yml': JSON.stringify({ services, include: [value] }),
            'compose.b.yml': JSON.stringify({ services: value }),
          });
        },
      ),
    );
  });
});

describe('a health check', () => {
  const template = (test: string) => {
    const text = `services: { a: { image: a, hostname: a-1, healthcheck: { test: ${JSON.stringify(test)} } } }`;
    const { observations } = readTexts(compose, { 'compose.yml': text });
    return observations.flatMap((one) =>
      one.kind === 'endpoint' ? [`${one.protocol} ${one.method} ${one.template}`] : [],
    );
  };
  it.each([
    ['curl -f http://localhost:80/health', ['http GET /health']],
    ['curl -fsI http://a:8080 || exit 1', ['http HEAD /']],
    ['wget -q http://a-1/ready', ['http GET /ready']],
    ['curl -f http://other/health', []],
    ['/bin/grpc_health_probe -addr=:5050', ['grpc RPC /grpc.health.v1.Health/Check']],
    ['grpc-health-probe -tls --addr localhost:50051', ['grpc RPC /grpc.health.v1.Health/Check']],
    ['grpc_health_probe -addr=other:5050', []],
    ['nc -z localhost 80', []],
  ])('%s asks %s', (test, want) => {
    expect(template(test)).toEqual(want);
  });
});

describe('a mounted file', () => {
  const CONFIG = 'exporters:\n  jaeger: { }\n  otlp:\n    endpoint: ${env:BACKEND}\n';
  const calls = (volume: string, files: Record<string, string>, more = '') => {
    const { observations } = readTexts(compose, {
      ...files,
      'compose.yml': `services:
  collector: { image: c, environment: { BACKEND: 'jaeger:4317' }, volumes: [${volume}] }
${more}`,
    });
    return observations.flatMap((one) =>
      one.kind === 'call' && one.to.by === 'address' && one.evidence.includes('mounted')
        ? [`${one.to.host} ${one.source.file}:${one.source.line} ${one.to.known}`]
        : [],
    );
  };
  it('gives away the calls of the container, with its variables put in', () => {
    expect(calls('./c/config.yml:/etc/c.yml:ro', { 'c/config.yml': CONFIG })).toEqual([
      'jaeger c/config.yml:4 true',
    ]);
  });
  it('is found in the long form and under a variable', () => {
    const volume = '{ type: bind, source: "${WHERE}/config.yml", target: /c.yml }';
    expect(calls(volume, { '.env': 'WHERE=./c', 'c/config.yml': CONFIG })).toHaveLength(1);
  });
  it('is found in a folder that is mounted as configuration, not in one of code', () => {
    const files = { 'c/deep/x.yml': CONFIG, 'c/notes.md': CONFIG };
    expect(calls('./c/:/etc/collector', files)).toEqual(['jaeger c/deep/x.yml:4 true']);
    expect(calls('./c/:/app', files)).toEqual([]);
  });
  it('says nothing of its own container, outside of the folder, or as a named volume', () => {
    expect(calls('./c.yml:/c.yml', { 'c.yml': 'url: http://collector:80' })).toEqual([]);
    expect(calls('../c.yml:/c.yml', { 'c.yml': CONFIG })).toEqual([]);
    expect(calls('config:/etc/c', { 'config/c.yml': CONFIG })).toEqual([]);
  });
  it('that three services have, with many addresses, is nobody’s own', () => {
    const book = ['a', 'b', 'c', 'd'].map((host) => `${host}_url: http://${host}:80`).join('\n');
    const other = (name: string) => `  ${name}: { image: x, volumes: ['./c.yml:/c.yml'] }\n`;
    expect(calls('./c.yml:/c.yml', { 'c.yml': book }, other('x'))).toHaveLength(8);
    expect(calls('./c.yml:/c.yml', { 'c.yml': book }, other('x') + other('y'))).toEqual([]);
  });
});

describe('interpolate', () => {
  const variables = new Map([
    ['A', 'x'],
    ['EMPTY', ''],
  ]);
  it.each([
    ['$A ${A}', 'x x'],
    ['$$A', '$A'],
    ['${EMPTY:-d} ${EMPTY-d}', 'd '],
    ['${B:-d} ${B-d} ${B:-${A}}', 'd d x'],
    ['${A:+y} ${B:+y}', 'y '],
    ['${B} ${B:?needed}', '${B} ${B}'],
  ])('turns %s into %s', (text, want) => {
    expect(interpolate(text, variables)).toBe(want);
  });
});
