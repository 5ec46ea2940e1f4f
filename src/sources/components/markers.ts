import { posix } from 'node:path';
import { parseJson } from '../../base/data.ts';
import { isFields, listAt, pick, textAt } from '../../base/pick.ts';
import type { SourceFile } from '../reader.ts';

/** What one file says of the folder that it lies in. */
export interface Marker {
  /** The names that the file gives; the folder's own comes after them. */
  readonly names: readonly string[];
  readonly runnable: boolean;
}

interface MarkerKind {
  readonly fits: RegExp;
  read(file: SourceFile): Marker | undefined;
}

/** The files that make a folder a component. */
const KINDS: readonly MarkerKind[] = [
  {
    fits: /^(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$|\.(?:Dockerfile|Containerfile)$/i,
    read: dockerfile,
  },
  { fits: /^package\.json$/, read: packageJson },
  { fits: /^go\.mod$/, read: goModule },
  { fits: /^main\.go$/, read: goMain },
  { fits: /^pom\.xml$/, read: mavenProject },
  { fits: /^build\.gradle(?:\.kts)?$/, read: gradleBuild },
  { fits: /^settings\.gradle(?:\.kts)?$/, read: gradleSettings },
  { fits: /^pyproject\.toml$/, read: pythonProject },
  { fits: /^setup\.py$/, read: setupPy },
  { fits: /^(?:requirements\.txt|Pipfile)$/, read: () => ({ names: [], runnable: false }) },
  { fits: /\.(?:cs|fs)proj$/, read: dotnetProject },
  { fits: /^Cargo\.toml$/, read: cargoPackage },
  { fits: /^composer\.json$/, read: composerPackage },
  { fits: /^Gemfile$/, read: () => ({ names: [], runnable: false }) },
  { fits: /^config\.ru$/, read: () => ({ names: [], runnable: true }) },
  { fits: /^mix\.exs$/, read: mixProject },
  { fits: /^Procfile$/, read: () => ({ names: [], runnable: true }) },
];

export function isMarker(path: string): boolean {
  const name = posix.basename(path);
  return KINDS.some(({ fits }) => fits.test(name));
}

/** Undefined where the file only looks like one. */
export function readMarker(file: SourceFile): Marker | undefined {
  const name = posix.basename(file.path);
  return KINDS.find(({ fits }) => fits.test(name))?.read(file);
}

function named(name: string | undefined, runnable: boolean): Marker {
  return { names: name ? [name] : [], runnable };
}

/** `worker.Dockerfile` and `Dockerfile.worker` are called by that word; a stage or variant says
 *  nothing. */
function dockerfile(file: SourceFile): Marker | undefined {
  const base = posix.basename(file.path);
  if (/\.(?:md|txt|ya?ml|json|tmpl|template|sh)$/i.test(base)) return undefined;
  if (!/^[ \t]*FROM\s/im.test(file.text)) return undefined;
  const word = base.replace(/^(?:Docker|Container)file\.?|\.?(?:Docker|Container)file$/gi, '');
  const isVariant = word === '' || VARIANTS.test(word);
  return named(isVariant ? undefined : word.toLowerCase(), true);
}

const VARIANTS =
  /^(?:dev|development|prod|production|debug|test|tests|local|ci|build|builder|base|alpine|slim|arm64|amd64|windows|release|native|jvm|multi|distroless|original|dist|e2e)(?:[.-].*)?$/i;

/** A `workspaces` field makes the root of many packages, which runs by itself only where it starts. */
function packageJson(file: SourceFile): Marker | undefined {
  const value = parseJson(file.text).documents[0]?.value;
  if (!isFields(value)) return undefined;
  const isRoot = listAt(value, 'workspaces').length > 0 || isFields(value.workspaces);
  const starts = pick(value, 'scripts', 'start') !== undefined;
  const hasProgram =
    value.bin !== undefined || (textAt(value, 'main') !== undefined && value.private === true);
  return named(textAt(value, 'name'), isRoot ? false : starts || hasProgram);
}

/** The last part of the module's path, a major version passed over. */
function goModule(file: SourceFile): Marker {
  const path = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(file.text)?.[1] ?? '';
  return named(
    path
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1),
    false,
  );
}

function goMain(file: SourceFile): Marker | undefined {
  return /^package\s+main\b/m.test(file.text) ? { names: [], runnable: true } : undefined;
}

const MAVEN_RUNS =
  /spring-boot-maven-plugin|quarkus-maven-plugin|jib-maven-plugin|<mainClass>|exec-maven-plugin|micronaut-maven-plugin|wildfly-maven-plugin|liberty-maven-plugin/;
/** Elements that bring artifacts of their own. */
const MAVEN_PARTS = ['<dependencies>', '<dependencyManagement>', '<build>', '<profiles>'];

/** Read as text: names and a few words are all that is wanted of it. */
function mavenProject(file: SourceFile): Marker {
  const own = withoutParent(file.text);
  const ends = MAVEN_PARTS.map((part) => own.indexOf(part)).filter((index) => index >= 0);
  const head = own.slice(0, Math.min(own.length, ...ends));
  const artifact = /<artifactId>\s*([^<\s]+)/.exec(head)?.[1];
  const packaging = /<packaging>\s*([^<\s]+)/.exec(head)?.[1] ?? 'jar';
  return named(artifact, packaging === 'war' || (packaging !== 'pom' && MAVEN_RUNS.test(own)));
}

function withoutParent(text: string): string {
  const start = text.indexOf('<parent>');
  const end = text.indexOf('</parent>');
  return start >= 0 && end > start ? text.slice(0, start) + text.slice(end) : text;
}

function gradleBuild(file: SourceFile): Marker {
  const runs =
    /org\.springframework\.boot|io\.quarkus|io\.micronaut\.application|['"(]application['")]|\bapplication\s*\{|mainClass|com\.google\.cloud\.tools\.jib|io\.ktor\.plugin|apply plugin:\s*['"]war/;
  return named(undefined, runs.test(file.text));
}

function gradleSettings(file: SourceFile): Marker {
  return named(/rootProject\.name\s*=\s*['"]([^'"\n]+)/.exec(file.text)?.[1], false);
}

/** TOML in the one form that these fields are written in. */
function tomlName(text: string, tables: readonly string[]): string | undefined {
  let table = '';
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (header !== undefined) table = header.trim();
    const name = tables.includes(table)
      ? /^\s*name\s*=\s*["']([^"']+)["']/.exec(line)?.[1]
      : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}

function pythonProject(file: SourceFile): Marker {
  const hasScripts = /^[ \t]*\[(?:project\.scripts|tool\.poetry\.scripts)\]/m.test(file.text);
  return named(tomlName(file.text, ['project', 'tool.poetry']), hasScripts);
}

function setupPy(file: SourceFile): Marker {
  return named(/\bname\s*=\s*["']([^"'\n]+)["']/.exec(file.text)?.[1], false);
}

/** Libraries have another SDK, or no output that runs. */
function dotnetProject(file: SourceFile): Marker {
  const name = posix.basename(file.path).replace(/\.(?:cs|fs)proj$/, '');
  const runs = /Sdk="Microsoft\.NET\.Sdk\.(?:Web|Worker)"|<OutputType>\s*Exe/i.test(file.text);
  const isTest = /Microsoft\.NET\.Test\.Sdk/.test(file.text);
  return named(/<AssemblyName>\s*([^<$\s]+)/.exec(file.text)?.[1] ?? name, runs && !isTest);
}

function cargoPackage(file: SourceFile): Marker {
  return named(tomlName(file.text, ['package']), /^[ \t]*\[\[bin\]\]/m.test(file.text));
}

/** `vendor/name`. */
function composerPackage(file: SourceFile): Marker | undefined {
  const value = parseJson(file.text).documents[0]?.value;
  if (!isFields(value)) return undefined;
  return named(textAt(value, 'name')?.split('/').at(-1), textAt(value, 'type') === 'project');
}

function mixProject(file: SourceFile): Marker {
  const name = /\bapp:\s*:(\w+)/.exec(file.text)?.[1];
  return named(name, /\bmod:\s*\{/.test(file.text));
}
