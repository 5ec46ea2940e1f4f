import { posix } from 'node:path';
import { isFields } from '../../../base/pick.ts';
import type { ReadContext } from '../../reader.ts';

/** Settings of one module (`src/main/resources/application.yml` …), flat. */
export type Settings = ReadonlyMap<string, string>;

const FILES = ['application', 'bootstrap', 'microprofile-config', 'META-INF/microprofile-config'];
const FOLDERS = ['src/main/resources', 'src/main/resources/config', 'config'];
const ENDINGS = ['.properties', '.yml', '.yaml'];
const MAX_SETTINGS = 20_000;
const MAX_DEPTH = 40;

/** Finds the settings of the module that a source file belongs to. Profiles are left out: which of
 *  them holds is known when the program starts, not before. */
export class ModuleSettings {
  readonly #context: ReadContext;
  readonly #paths: ReadonlySet<string>;
  readonly #known = new Map<string, Settings>();

  constructor(context: ReadContext) {
    this.#context = context;
    this.#paths = new Set(context.paths);
  }

  of(sourceFile: string): Settings {
    const module = moduleOf(sourceFile);
    let settings = this.#known.get(module);
    if (settings === undefined) {
      settings = this.#read(module);
      this.#known.set(module, settings);
    }
    return settings;
  }

  #read(module: string): Settings {
    const settings = new Map<string, string>();
    for (const folder of FOLDERS) {
      for (const file of FILES) {
        for (const ending of ENDINGS) {
          const path = posix.join(module, folder, file + ending);
          const source = this.#paths.has(path) ? this.#context.open(path) : undefined;
          if (source === undefined) continue;
          if (ending === '.properties') readProperties(source.text, settings);
          // Its own reader reports what is broken in it.
          else for (const { value } of source.documents(() => {})) flatten(value, '', settings, 0);
        }
      }
    }
    return settings;
  }
}

/** The folder above `src/main/…`; else that of the file. */
export function moduleOf(sourceFile: string): string {
  const at = `/${sourceFile}`.lastIndexOf('/src/main/');
  return at === -1 ? posix.dirname(sourceFile) : sourceFile.slice(0, Math.max(0, at - 1));
}

function readProperties(text: string, settings: Map<string, string>): void {
  for (const line of text.split('\n', MAX_SETTINGS)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('!')) continue;
    const at = trimmed.search(/[=:]/);
    if (at > 0) keep(trimmed.slice(0, at).trim(), trimmed.slice(at + 1).trim(), settings);
  }
}

function flatten(
  value: unknown,
  prefix: string,
  settings: Map<string, string>,
  depth: number,
): void {
  if (depth > MAX_DEPTH || settings.size > MAX_SETTINGS) return;
  if (isFields(value)) {
    for (const [key, each] of Object.entries(value)) {
      flatten(each, prefix === '' ? key : `${prefix}.${key}`, settings, depth + 1);
    }
  } else if (typeof value === 'string' || typeof value === 'number') {
    keep(prefix, String(value), settings);
  }
}

/** The first that says something counts: the documents after it are for profiles. */
function keep(key: string, value: string, settings: Map<string, string>): void {
  const name = relaxed(key);
  if (!settings.has(name) && settings.size < MAX_SETTINGS) settings.set(name, value);
}

/** Spring reads `contextPath`, `context-path` and `context_path` alike. */
function relaxed(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, '');
}

export function settingOf(settings: Settings, key: string): string | undefined {
  return settings.get(relaxed(key));
}

/** Fills `${name}` and `${name:default}` from settings; a name that nothing sets becomes a
 *  parameter. Nested placeholders are filled from the inside, a few levels deep. */
export function filled(text: string, settings: Settings): string {
  let current = text;
  for (let level = 0; level < 5 && current.includes('${'); level++) {
    current = current.replace(
      /\$\{([^{}:]*)(?::([^{}]*))?\}/g,
      (_, name: string, byDefault?: string) => {
        return (
          settingOf(settings, name.trim()) ?? byDefault ?? `{${name.trim().replaceAll('.', '_')}}`
        );
      },
    );
  }
  return current.length > 4_000 ? '' : current;
}
