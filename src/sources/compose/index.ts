import { fieldsAt, listAt, pick, textAt } from '../../base/pick.ts';
import type { Observation } from '../../estate/index.ts';
import { isDatastore, toImageName } from '../images.ts';
import { criticalityInLabels, ownerInLabels } from '../labels.ts';
import type { ReadContext, Reader, ReaderRun, SourceFile } from '../reader.ts';
import { callsOf, linksOf } from './calls.ts';
import { componentOf } from './component.ts';
import { pairsOf } from './environment.ts';
import { healthChecksOf } from './health-checks.ts';
import { interpolate } from './interpolate.ts';
import { callsOfMounts } from './mounts.ts';
import { routesOf } from './ports.ts';
import { type Definition, definitionsIn, isComposeFile, READER } from './project.ts';

/** Reads Docker Compose files: services, what they are built from, what they publish and whom they
 *  call.
 *  @see https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const compose: Reader = {
  name: READER,
  wants: isComposeFile,
  start: (context) => new ComposeRun(context),
};

class ComposeRun implements ReaderRun {
  readonly #context: ReadContext;
  readonly #definitions: Definition[] = [];

  constructor(context: ReadContext) {
    this.#context = context;
  }

  read(file: SourceFile): void {
    const documents = file.documents((diagnostic) => this.#context.report(diagnostic));
    for (const document of documents) {
      this.#definitions.push(...definitionsIn(document, file.path, this.#context));
    }
  }

  finish(): void {
    const datastores = new Set(
      this.#definitions.filter((one) => isDatastoreService(one)).map(({ service }) => service),
    );
    for (const definition of this.#definitions) {
      for (const observation of observationsOf(definition)) this.#context.observe(observation);
      for (const call of callsOf(definition, datastores, this.#context))
        this.#context.observe(call);
    }
    for (const call of callsOfMounts(this.#definitions, this.#context)) this.#context.observe(call);
  }
}

function imageOf({ value, variables }: Definition): string | undefined {
  const image = textAt(value, 'image');
  if (image === undefined) return undefined;
  const known = interpolate(image, variables).replace(/\$\{\w*\}/g, '');
  return toImageName(known).replace(/^\/+/, '') || undefined;
}

function isDatastoreService(definition: Definition): boolean {
  const image = imageOf(definition);
  return image !== undefined && isDatastore(image, definition.service);
}

function* observationsOf(definition: Definition): Generator<Observation> {
  const image = imageOf(definition);
  const labels = Object.fromEntries(
    pairsOf(definition, 'labels').map(({ name, value }) => [name, value]),
  );
  const owner = ownerInLabels(labels);
  const criticality = criticalityInLabels(labels);
  const subject = { by: 'name', name: definition.service } as const;
  const source = definition.sourceAt([]);
  yield {
    kind: 'service',
    subject,
    source,
    ...(image !== undefined && {
      images: [image],
      serviceKind: isDatastoreService(definition) ? 'datastore' : 'workload',
    }),
    aliases: aliasesOf(definition),
    ...(owner && { owner }),
    ...(criticality && { criticality }),
  };
  for (const route of routesOf(definition)) {
    yield { kind: 'service', subject, route, source: route.source };
  }
  for (const { target, alias, source: at } of linksOf(definition)) {
    if (alias === undefined || alias === target) continue;
    yield { kind: 'service', subject: { by: 'name', name: target }, aliases: [alias], source: at };
  }
  yield* healthChecksOf(definition);
  const component = componentOf(definition, image);
  if (component) yield component;
}

/** Names that other containers reach it by. */
function aliasesOf({ service, value, variables }: Definition): string[] {
  const inNetworks = Object.values(fieldsAt(value, 'networks')).flatMap((network) =>
    listAt(pick(network, 'aliases')),
  );
  const names = [value.container_name, value.hostname, ...inNetworks]
    .flatMap((name) => textAt(name) ?? [])
    .map((name) => interpolate(name, variables));
  return [...new Set(names)].filter((name) => name !== service && !name.includes('$')).sort();
}
