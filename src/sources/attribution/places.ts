import { compareText } from '../../base/diagnostic.ts';
import type { ComponentObservation } from '../../estate/index.ts';
import { enclosing, looseKey } from './names.ts';
import type { Named, Registry } from './registry.ts';

/** All that is said of one folder. */
interface Component {
  readonly folder: string;
  readonly names: string[];
  readonly images: string[];
  readonly files: string[];
  runnable: boolean;
  /** Services that say that they are built from it. */
  readonly explicit: { name: string; namespace?: string }[];
}

/** Folders named after what they hold rather than whom they belong to. */
const GENERIC_FOLDERS = new Set([
  '',
  'src',
  'app',
  'apps',
  'api',
  'apis',
  'cmd',
  'pkg',
  'lib',
  'libs',
  'internal',
  'main',
  'server',
  'service',
  'services',
  'config',
  'configs',
  'k8s',
  'kubernetes',
  'deploy',
  'deployment',
  'charts',
  'helm',
  'manifests',
  'docs',
  'test',
  'tests',
  'proto',
  'protos',
  'java',
  'python',
  'go',
  'web',
]);

/** What lies here helps to build or test the services, and is none itself. */
const HELPING_FOLDER =
  /(^|\/)(\.[^/]+|tests?|__tests__|e2e|[^/]*[.-](unit|functional|integration)?tests?|testdata|fixtures|tools|scripts|hack|docs|benchmarks?)(\/|$)/i;

/** Finds the service whose folder holds a file. */
export class Places {
  readonly #registry: Registry;
  readonly #components = new Map<string, Component>();
  readonly #services = new Map<string, Named | undefined>();
  readonly #found = new Map<string, Named>();

  constructor(registry: Registry, observations: readonly ComponentObservation[]) {
    this.#registry = registry;
    const sorted = [...observations].sort(
      (a, b) =>
        compareText(a.folder, b.folder) ||
        compareText(a.source.file ?? '', b.source.file ?? '') ||
        compareText(a.names.join(), b.names.join()),
    );
    for (const observation of sorted) this.#merge(observation);
  }

  #merge(observation: ComponentObservation): void {
    const { folder } = observation;
    const component = this.#components.get(folder) ?? {
      folder,
      names: [],
      images: [],
      files: [],
      runnable: false,
      explicit: [],
    };
    component.names.push(...observation.names);
    component.images.push(...(observation.images ?? []));
    if (observation.source.file) component.files.push(observation.source.file);
    component.runnable ||= observation.runnable;
    if (observation.service) component.explicit.push(observation.service);
    this.#components.set(folder, component);
  }

  /** The component folders around `path`, innermost first, up to one that can run. */
  foldersAround(path: string): string[] {
    const folders = enclosing(path).filter((folder) => this.#components.has(folder));
    const end = folders.findIndex((folder) => this.#components.get(folder)?.runnable);
    return end < 0 ? folders : folders.slice(0, end + 1);
  }

  /** Binds every component to a service that something else names; then lets the runnable rest
   *  become services of their own where `isActive` (something in the folder serves or calls). */
  bind(isActive: (folder: string) => boolean): void {
    const components = [...this.#components.values()];
    for (const component of components) {
      this.#services.set(component.folder, this.#namedService(component));
    }
    const alone = this.#registry.all().length === 0;
    for (const component of components) {
      if (this.#services.get(component.folder) || !component.runnable) continue;
      if (HELPING_FOLDER.test(component.folder) || this.#isWholeRepository(component)) continue;
      if (this.#isSharedBuild(component)) continue;
      if (!isActive(component.folder) && !alone) continue;
      this.#services.set(component.folder, this.#become(component));
    }
  }

  /** The service of the innermost component around `path` that has one; where there is none, the
   *  service that a folder around it is named after. */
  serviceOf(path: string): Named | undefined {
    const known = this.#found.get(path);
    if (known) return known;
    const folders = enclosing(path);
    const found =
      folders.map((folder) => this.#services.get(folder)).find((service) => service) ??
      this.#byFolderName(folders.slice(1), path);
    if (found) this.#found.set(path, found);
    return found;
  }

  #byFolderName(folders: readonly string[], near: string): Named | undefined {
    for (const folder of folders) {
      const name = folder.split('/').at(-1) ?? '';
      const service = GENERIC_FOLDERS.has(name) ? undefined : this.#registry.find({ name, near });
      if (service) return service;
    }
    return undefined;
  }

  /** The innermost component around `path`, as a service even if nothing shows that it can run. */
  serviceMade(path: string): Named | undefined {
    for (const folder of enclosing(path)) {
      const component = this.#components.get(folder);
      if (!component || this.#isWholeRepository(component)) continue;
      const service = this.#become(component);
      this.#services.set(folder, service);
      return service;
    }
    return undefined;
  }

  /** The root of a repository of several services is none of them. */
  #isWholeRepository({ folder }: Component): boolean {
    return folder === '' && this.#registry.all().length > 0;
  }

  /** One image for several services that have folders of their own further in: what lies in none of
   *  those folders belongs to all of them, so it speaks for none. */
  #isSharedBuild({ folder, explicit }: Component): boolean {
    const names = new Set(explicit.map(({ name }) => looseKey(name)));
    if (names.size < 2 || names.has(lastKey(folder))) return false;
    const prefix = folder === '' ? '' : `${folder}/`;
    const inside = [...this.#components.keys()].filter(
      (other) => other !== folder && other.startsWith(prefix) && names.has(lastKey(other)),
    );
    return new Set(inside.map(lastKey)).size > 1;
  }

  #namedService(component: Component): Named | undefined {
    if (this.#isSharedBuild(component)) return undefined;
    const explicit = mostAlike(component);
    if (explicit) {
      const query = { ...explicit, near: component.folder };
      return this.#note(component, this.#registry.find(query) ?? this.#registry.add(query));
    }
    for (const name of [...component.images, ...component.names]) {
      const found = this.#registry.find({ name, near: component.folder });
      if (found) return this.#note(component, found);
    }
    return undefined;
  }

  #become(component: Component): Named {
    const name = component.names[0] ?? component.folder.split('/').at(-1) ?? 'root';
    const plain = name.replace(/^@[^/]+\//, '');
    return this.#note(component, this.#registry.add({ name: plain, near: component.folder }));
  }

  #note(component: Component, service: Named): Named {
    for (const file of component.files) service.files.add(file);
    return service;
  }
}

/** Of several services that are built from one folder (the service, its tests, a variant), the one that
 *  is named as the folder. */
function mostAlike({ folder, explicit }: Component): Component['explicit'][number] | undefined {
  return explicit.find(({ name }) => looseKey(name) === lastKey(folder)) ?? explicit[0];
}

function lastKey(folder: string): string {
  return looseKey(folder.split('/').at(-1) ?? '');
}
