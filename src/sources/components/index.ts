import { basename, posix } from 'node:path';
import type { ComponentObservation } from '../../estate/index.ts';
import type { ReadContext, Reader, ReaderRun, SourceFile } from '../reader.ts';
import { isMarker, type Marker, readMarker } from './markers.ts';
import { artifactsIn, isSkaffoldFile } from './skaffold.ts';

const READER = 'components';

/** Finds the folders that are built into something, by the files of build tools and package
 *  managers. */
export const components: Reader = {
  name: READER,
  wants: (path) => !isForeign(path) && (isMarker(path) || isSkaffoldFile(path)),
  start: (context) => new ComponentsRun(context),
};

/** Copies of others' work are no component of this estate. */
const FOREIGN_FOLDERS = /(?:^|\/)(?:vendor|third_party|third-party|site-packages)\//;

function isForeign(path: string): boolean {
  return FOREIGN_FOLDERS.test(path);
}

class ComponentsRun implements ReaderRun {
  readonly #context: ReadContext;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  read(file: SourceFile): void {
    if (file.isBinary) return;
    if (isSkaffoldFile(file.path)) {
      const documents = file.documents((diagnostic) => this.#context.report(diagnostic));
      for (const document of documents) {
        for (const observation of artifactsIn(document, file.path)) {
          this.#context.observe(observation);
        }
      }
      return;
    }
    const marker = readMarker(file);
    if (marker) this.#context.observe(this.#named(toComponent(file.path, marker)));
  }

  /** Where neither a file nor a folder gives a name, it is the repository that is built. */
  #named(component: ComponentObservation): ComponentObservation {
    if (component.names.length > 0) return component;
    const name = basename(this.#context.folder.root);
    return name === '' ? component : { ...component, names: [name] };
  }
}

/** Folders that are called the same in every repository. */
const PLAIN_FOLDERS = new Set([
  '',
  'app',
  'build',
  'cmd',
  'code',
  'docker',
  'deploy',
  'main',
  'server',
  'source',
  'src',
]);

function toComponent(path: string, { names, runnable }: Marker): ComponentObservation {
  const folder = folderOf(path);
  const parts = folder.split('/').reverse();
  const own = parts.find((part) => !PLAIN_FOLDERS.has(part.toLowerCase()));
  const all = [...names.map((name) => name.slice(0, 253)), ...(own === undefined ? [] : [own])];
  return {
    kind: 'component',
    folder,
    names: [...new Set(all)].filter((name) => name !== ''),
    runnable,
    source: { reader: READER, how: 'implemented', file: path, line: 1, column: 1 },
  };
}

function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}
