import type { ReadContext, SourceFile } from '../reader.ts';
import { type Places, resourcesIn } from './manifest.ts';
import type { Resource } from './resource.ts';

/** One document of a manifest with the places of its parts. */
export interface ManifestDocument {
  readonly value: unknown;
  readonly places: Places;
}

/** The YAML and JSON files of one reading, each parsed once. */
export class ManifestFiles {
  readonly #context: ReadContext;
  readonly #documents = new Map<string, readonly ManifestDocument[] | undefined>();

  constructor(context: ReadContext) {
    this.#context = context;
  }

  /** Takes the documents of a file that is at hand. */
  add(file: SourceFile): readonly ManifestDocument[] {
    const documents = file.documents((diagnostic) => {
      // A template for another tool is not broken YAML.
      if (!file.text.includes('{{')) this.#context.report(diagnostic);
    });
    const found = documents.map((document) => ({
      value: document.value,
      places: {
        file: file.path,
        at: document.at.bind(document),
        valueAt: document.valueAt.bind(document),
      },
    }));
    this.#documents.set(file.path, found);
    return found;
  }

  /** Undefined where the file does not exist or lies outside the folder. */
  documents(path: string): readonly ManifestDocument[] | undefined {
    if (this.#documents.has(path)) return this.#documents.get(path);
    const file = this.#context.open(path);
    if (file) return this.add(file);
    this.#documents.set(path, undefined);
    return undefined;
  }

  text(path: string): string | undefined {
    return this.#context.open(path)?.text;
  }

  resources(path: string): readonly Resource[] {
    return (this.documents(path) ?? []).flatMap(({ value, places }) => resourcesIn(value, places));
  }
}
