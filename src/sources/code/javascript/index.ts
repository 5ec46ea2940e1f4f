import type { ReadContext, Reader, ReaderRun, SourceFile } from '../../reader.ts';
import { guarded, observeRoutes } from '../observe.ts';
import { isProductionSource, isReadable, languageOf } from '../parse.ts';
import { emptyModel } from '../routes.ts';
import { Interpreter } from './interpreter.ts';
import { composeNest } from './nest/compose.ts';

const LANGUAGES = new Set(['javascript', 'typescript', 'tsx']);

/** Packages whose import makes a file worth running, or a registration or
 *  a start as every framework writes it. */
const SNIFF =
  /['"](?:node:)?(?:express(?:-[\w-]+)?|fastify(?:-plugin)?|@fastify\/autoload|@?koa[\w/-]*|hono(?:\/[\w/-]+)?|@hono\/zod-openapi|polka|restify|https?|http2|httpdispatcher|grpc|@grpc\/grpc-js|@connectrpc\/[\w-]+|@nestjs\/[\w-]+|type-graphql)['"]|\.\s*(?:get|post|put|patch|delete|all|route)\s*\(\s*['"`]\/|\.\s*(?:use|listen)\s*\(/;

/** Reads HTTP routes, messages and gRPC services that JavaScript and TypeScript programs serve:
 *  Express, Fastify, NestJS, Koa, Hono, Polka, Restify, plain `node:http`, grpc-js and Connect.
 *  Sources name the framework. */
export const javascript: Reader = {
  name: 'javascript',
  wants(path) {
    const language = languageOf(path);
    return language !== undefined && LANGUAGES.has(language) && isProductionSource(path);
  },
  start: (context) => new Run(context),
};

class Run implements ReaderRun {
  readonly #context: ReadContext;
  readonly #files: string[] = [];

  constructor(context: ReadContext) {
    this.#context = context;
  }

  read(file: SourceFile): void {
    if (isReadable(file, 'javascript', this.#context.report) && SNIFF.test(file.text)) {
      this.#files.push(file.path);
    }
  }

  finish(): void {
    const model = emptyModel();
    const interpreter = new Interpreter(this.#context, model);
    for (const path of this.#files) {
      guarded(this.#context, path, 'javascript/failed', () => interpreter.run(path));
    }
    guarded(this.#context, undefined, 'javascript/failed', () => interpreter.runLeftovers());
    guarded(this.#context, undefined, 'nestjs/failed', () => composeNest(interpreter));
    observeRoutes(this.#context, model);
  }
}
