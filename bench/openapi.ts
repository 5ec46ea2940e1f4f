import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { measure } from './support/measure.ts';

/** `reeve scan` of 40 MB of OpenAPI as a whole process: many files of both formats, and one large file
 *  of each. */
const TARGET_BYTES = 40 * 1024 * 1024;

const WORDS =
  'order customer invoice payment address delivery product session report account'.split(' ');

const CASES: Readonly<Record<string, (folder: string) => void>> = {
  'many files, YAML and JSON': (folder) => {
    let bytes = 0;
    for (let index = 0; bytes < TARGET_BYTES; index++) {
      const isYaml = index % 2 === 0;
      const text = isYaml ? yaml(specification(60, index)) : json(specification(60, index), index);
      bytes += text.length;
      const service = join(folder, `service-${index}`);
      mkdirSync(service);
      writeFileSync(join(service, isYaml ? 'openapi.yaml' : 'openapi.json'), text);
    }
  },
  'one file, YAML': (folder) => {
    const paths = pathsFor(TARGET_BYTES, (spec) => yaml(spec).length);
    writeFileSync(join(folder, 'openapi.yaml'), yaml(specification(paths, 0)));
  },
  'one file, JSON': (folder) => {
    const paths = pathsFor(TARGET_BYTES, (spec) => json(spec, 1).length);
    writeFileSync(join(folder, 'openapi.json'), json(specification(paths, 0), 1));
  },
};

function yaml(value: unknown): string {
  return dump(value, { noRefs: true });
}

/** Every other JSON file is minified. */
function json(value: unknown, index: number): string {
  return index % 4 === 1 ? JSON.stringify(value, null, 2) : JSON.stringify(value);
}

/** How many paths make a document of this size, told from a small one. */
function pathsFor(bytes: number, sizeOf: (spec: unknown) => number): number {
  return Math.ceil((bytes / sizeOf(specification(100, 0))) * 100);
}

/** A document like those of real services: prose, examples, shared and inline schemas. */
function specification(pathCount: number, seed: number): unknown {
  const word = (index: number): string => WORDS[(index * 7 + seed) % WORDS.length] ?? 'item';
  const schemas = Object.fromEntries(
    Array.from({ length: Math.ceil(pathCount / 2) }, (_, index) => [
      `${word(index)}${index}`,
      schema(index, word, pathCount),
    ]),
  );
  const paths = Object.fromEntries(
    Array.from({ length: pathCount }, (_, index) => [
      `/${word(index)}s/{id}/${word(index + 3)}-${index}`,
      { get: operation(index, word, pathCount), post: operation(index + 1, word, pathCount) },
    ]),
  );
  return {
    openapi: '3.0.3',
    info: { title: `Service ${seed}`, version: '1.0.0' },
    servers: [{ url: 'https://api.example.com/v1' }],
    security: [{ bearer: [] }],
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation(index: number, word: (index: number) => string, pathCount: number): unknown {
  const reference = { $ref: `#/components/schemas/${schemaName(index, word, pathCount)}` };
  return {
    summary: `Work with the ${word(index)} of a ${word(index + 1)}`,
    description: `Returns what is known of it.\n\n* first: the ${word(index + 2)}\n* then: "everything else"\n`,
    operationId: `${word(index)}-${index}`,
    tags: [word(index)],
    parameters: [
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
      { name: 'page-size', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100 } },
    ],
    requestBody: { content: { 'application/json': { schema: reference } } },
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: reference } } },
      404: { description: 'There is none' },
    },
  };
}

function schema(index: number, word: (index: number) => string, pathCount: number): unknown {
  const properties = Object.fromEntries(
    Array.from({ length: 12 }, (_, field) => [
      `${word(index + field)}_${field}`,
      {
        type: 'string',
        description: `The ${word(field)} as the customer gave it`,
        example: 'x-17',
      },
    ]),
  );
  const next = { $ref: `#/components/schemas/${schemaName(index + 1, word, pathCount)}` };
  return { type: 'object', required: ['id'], properties: { ...properties, next } };
}

function schemaName(index: number, word: (index: number) => string, pathCount: number): string {
  const wrapped = index % Math.ceil(pathCount / 2);
  return `${word(wrapped)}${wrapped}`;
}

for (const [name, generate] of Object.entries(CASES)) {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  try {
    generate(folder);
    const { seconds, megabytes, stdout } = measure(
      'bin/reeve',
      ['scan', folder, '--format', 'json'],
      3,
    );
    const { endpoints } = JSON.parse(stdout);
    console.log(
      `${name}: ${endpoints.length} endpoints, median ${seconds.toFixed(2)} s (figure: 5 s), ` +
        `${megabytes.toFixed(0)} MB at most (figure: 500 MB)`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
