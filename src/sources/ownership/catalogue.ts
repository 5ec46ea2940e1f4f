import type { DataDocument } from '../../base/data.ts';
import type { ReadContext, SourceFile } from '../reader.ts';
import { type CatalogApi, type CatalogComponent, readEntity } from './entity.ts';
import { folderOf } from './repository.ts';
import { resolveInside } from './resolve.ts';
import { sourceAt } from './source.ts';

interface Found<Entity> {
  readonly entity: Entity;
  readonly file: string;
  readonly document: DataDocument;
}

/** Entities speak of each other across files, so they are told when all of them are known. */
export class Catalogue {
  readonly #context: ReadContext;
  readonly #paths: ReadonlySet<string>;
  readonly #components: Found<CatalogComponent>[] = [];
  readonly #apis: Found<CatalogApi>[] = [];

  constructor(context: ReadContext, paths: ReadonlySet<string>) {
    this.#context = context;
    this.#paths = paths;
  }

  read(file: SourceFile): void {
    if (!file.text.includes('backstage.io/')) return;
    for (const document of file.documents(this.#context.report)) {
      const entity = readEntity(document.value);
      const found = { file: file.path, document };
      if (entity?.kind === 'Component') this.#components.push({ entity, ...found });
      else if (entity) this.#apis.push({ entity, ...found });
    }
  }

  finish(): void {
    const runningIn = Map.groupBy(
      this.#components.filter(({ entity }) => entity.runs),
      ({ entity, file }) => this.#folderOf(entity, file),
    );
    for (const [folder, components] of runningIn) {
      for (const component of components) this.#tellOwner(component);
      // A folder with several components is none of them.
      if (components.length === 1 && components[0] && folder !== undefined) {
        this.#tellFolder(folder, components[0]);
      }
    }
    const providers = this.#providers();
    for (const api of this.#apis) {
      this.#tellApi(api, providers.get(api.entity.name) ?? runningIn.get(folderOf(api.file)) ?? []);
    }
  }

  #providers(): ReadonlyMap<string, readonly Found<CatalogComponent>[]> {
    const provided = this.#components.flatMap((component) =>
      component.entity.provides.map((api) => ({ api, component })),
    );
    const byApi = Map.groupBy(provided, ({ api }) => api);
    return new Map([...byApi].map(([api, list]) => [api, list.map(({ component }) => component)]));
  }

  #folderOf({ sourceFolder }: CatalogComponent, file: string): string | undefined {
    return sourceFolder === undefined
      ? folderOf(file)
      : resolveInside(folderOf(file), sourceFolder);
  }

  #tellOwner({ entity, file, document }: Found<CatalogComponent>): void {
    if (entity.owner === undefined) {
      this.#context.report({
        severity: 'warning',
        code: 'ownership/owner-missing',
        message: 'this component names no owner',
        hint: 'name the team in `spec.owner`',
        file,
        ...document.at(['spec']),
      });
    }
    this.#context.observe({
      kind: 'service',
      subject: { by: 'name', ...entity.service },
      ...(entity.owner !== undefined && { owner: { owner: entity.owner, rank: 'catalogue' } }),
      source: sourceAt(file, document, ['spec', 'owner']),
    });
  }

  #tellFolder(folder: string, { entity, file, document }: Found<CatalogComponent>): void {
    this.#context.observe({
      kind: 'component',
      folder,
      names: [...new Set([entity.service.name, entity.name])],
      service: entity.service,
      runnable: true,
      source: sourceAt(file, document, ['metadata', 'name']),
    });
  }

  /** Binds a specification to the one component that provides it, or that lies beside it. */
  #tellApi(api: Found<CatalogApi>, providers: readonly Found<CatalogComponent>[]): void {
    const { entity, file, document } = api;
    if (!entity.specification) return;
    const { path, at } = entity.specification;
    const folder = resolveInside(folderOf(file), path);
    if (folder === undefined || !this.#paths.has(folder)) {
      this.#context.report({
        severity: 'warning',
        code: 'ownership/specification-not-found',
        message: 'names a specification that does not exist in this folder',
        file,
        ...document.valueAt(at),
      });
      return;
    }
    const only = providers.length === 1 ? providers[0] : undefined;
    if (!only) return;
    this.#context.observe({
      kind: 'component',
      folder,
      names: [entity.name],
      service: only.entity.service,
      runnable: false,
      source: sourceAt(file, document, at),
    });
  }
}
