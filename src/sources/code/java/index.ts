import type { ReadContext, Reader, ReaderRun, SourceFile } from '../../reader.ts';
import { guarded, observeRoutes } from '../observe.ts';
import { isProductionSource, isReadable } from '../parse.ts';
import { emptyModel } from '../routes.ts';
import { feignClients } from './clients.ts';
import { functional } from './functional.ts';
import { functionalKotlin } from './functional-kotlin.ts';
import { grpc } from './grpc.ts';
import { jaxRs } from './jax-rs.ts';
import { messaging } from './messaging.ts';
import { type PathPrefix, pathPrefixesIn, SETS_PREFIXES } from './path-prefixes.ts';
import { Program } from './program.ts';
import { argumentTexts, type JavaFramework, type JavaReading } from './reading.ts';
import { servlet } from './servlet.ts';
import { ModuleSettings, moduleOf } from './settings.ts';
import { spring } from './spring.ts';
import { annotationOf, type JavaFile, lastName } from './types.ts';

/** Every framework that is read, in no order that matters. */
const FRAMEWORKS: readonly JavaFramework[] = [
  spring,
  functional,
  functionalKotlin,
  feignClients,
  jaxRs,
  servlet,
  messaging,
  grpc,
];

/** What makes a file worth parsing. Files that only hold constants or base classes are parsed when
 *  one of these leads to them. */
const SNIFF =
  /@(?:\w*Controller|\w+Api|FeignClient|RepositoryRestResource|Path|ApplicationPath|WebServlet|(?:Kafka|Rabbit|Jms|Sqs|Pulsar)Listener|Incoming|GrpcService)\b|\bRouterFunctions?\b|\b(?:coR|r)outer\s*\{|ImplBase\b/;

/** `class A implements B, C<D> {`, and Kotlin's `class A : B, C<D> {`. */
const IMPLEMENTS =
  /\bimplements\s+([\w.,\s<>?]{1,300})\{|\bclass\s+\w{1,100}(?:\([^()]{0,300}\))?\s*:\s*([\w.,\s<>?()]{1,300})\{/g;

/** Reads what Java and Kotlin programs serve: Spring MVC and WebFlux, JAX-RS, servlets, gRPC services and
 *  message listeners; and the calls of Feign clients. Sources name the framework. */
export const java: Reader = {
  name: 'java',
  wants: (path) => /\.(?:java|kt)$/.test(path) && isProductionSource(path),
  start: (context) => new Run(context),
};

class Run implements ReaderRun {
  readonly #context: ReadContext;
  readonly #files: string[] = [];
  readonly #configurations: string[] = [];
  /** Files by the interfaces that their classes implement. */
  readonly #implementers = new Map<string, string[]>();

  constructor(context: ReadContext) {
    this.#context = context;
  }

  read(file: SourceFile): void {
    if (!isReadable(file, 'java', this.#context.report)) return;
    if (SETS_PREFIXES.test(file.text)) this.#configurations.push(file.path);
    if (SNIFF.test(file.text)) this.#files.push(file.path);
    else this.#noteInterfaces(file);
  }

  #noteInterfaces({ path, text }: SourceFile): void {
    for (const match of text.matchAll(IMPLEMENTS)) {
      for (const name of (match[1] ?? match[2] ?? '').replace(/[<(][^,]*/g, '').split(',')) {
        const simple = lastName(name.trim());
        const known = this.#implementers.get(simple);
        if (known === undefined) this.#implementers.set(simple, [path]);
        else if (known.at(-1) !== path) known.push(path);
      }
    }
  }

  /** Classes without annotations serve what the interfaces above them say. */
  #implementersOf(files: readonly JavaFile[]): string[] {
    return files
      .flatMap(({ types }) => types)
      .filter(({ kind, annotations }) => kind === 'interface' && annotationOf(annotations, 'Path'))
      .flatMap(({ name }) => this.#implementers.get(name) ?? []);
  }

  finish(): void {
    const program = new Program(this.#context);
    const settings = new ModuleSettings(this.#context);
    const prefixes: PathPrefix[] = [];
    const applicationPaths = new Map<string, string>();
    const reading: JavaReading = {
      program,
      model: emptyModel(),
      settingsOf: (path) => settings.of(path),
      applicationPathOf: (path) => applicationPaths.get(moduleOf(path)) ?? '',
      pathPrefixOf: (type) => prefixes.find(({ applies }) => applies(type))?.template ?? '',
      observe: this.#context.observe,
      report: this.#context.report,
    };
    const known = this.#files.flatMap((path) => program.file(path) ?? []);
    const others = new Set(this.#implementersOf(known));
    const files = [...known, ...[...others].flatMap((path) => program.file(path) ?? [])];
    for (const type of files.flatMap(({ types }) => types)) {
      const annotation = annotationOf(type.annotations, 'ApplicationPath');
      const [path] = argumentTexts(annotation, ['value'], type, reading);
      if (path !== undefined) applicationPaths.set(moduleOf(type.file.path), path);
    }
    for (const path of this.#configurations) {
      guarded(this.#context, path, 'java/failed', () => {
        const file = program.file(path);
        if (file !== undefined) prefixes.push(...pathPrefixesIn(file, reading));
      });
    }
    for (const file of files) {
      guarded(this.#context, file.path, 'java/failed', () => {
        for (const read of FRAMEWORKS) read(file, reading);
      });
    }
    observeRoutes(this.#context, reading.model);
  }
}
