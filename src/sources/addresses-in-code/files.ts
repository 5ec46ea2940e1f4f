import { isProductionSource } from '../code/parse.ts';

/** How a file's text holds addresses. */
export type FileKind = 'code' | 'settings' | 'dockerfile';

const CODE = new Set(
  'js jsx mjs cjs ts mts cts tsx java kt kts scala groovy py go cs fs rb php rs ex exs swift dart'.split(
    ' ',
  ),
);
const SETTINGS = new Set('properties toml ini conf cfg json'.split(' '));
/** YAML is most often a manifest, which others read; these names are settings. */
const SETTINGS_YAML = /^(?:application|bootstrap|config|settings)[\w.-]*\.ya?ml$/i;
const ENVIRONMENT = /^\.env(?:\.[\w-]+)*$/;
const DOCKERFILE = /^(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$|\.(?:Dockerfile|Containerfile)$/i;
const TEMPLATE = /\.(?:template|tmpl|tpl|erb|j2)$/;

/** Files of tools, whose addresses are registries, homepages and schemas. */
const TOOL_FILES =
  /(?:^|[.-])lock(?:\.|$)|^(?:package|composer|lerna|nx|turbo|deno|bower|angular|renovate|tslint|launchSettings|Cargo|Pipfile|pyproject|buf|netlify|vercel)\.(?:json|toml)$|^(?:tsconfig|jsconfig|swagger|openapi)[\w.-]*\.json$|^npm-shrinkwrap\.json$|\.(?:schema|postman_collection|postman_environment|code-workspace|map|min)\.js(?:on)?$|^\.env\.(?:example|sample|template|dist)$|^(?:gradle-wrapper|maven-wrapper|log4j2?|logging|logback)\.properties$/i;
/** Folders of documents, translations, dashboards and data. */
const OTHER_FOLDERS = new Set([
  'documentation',
  'i18n',
  'locales',
  'locale',
  'translations',
  'grafana',
  'dashboards',
  'postman',
  'jmeter',
  'schemas',
  '.github',
  '.devcontainer',
  '.mvn',
  'wrapper',
]);

/** What kind of file lies at a path; undefined where nobody puts addresses of services. */
export function kindOfFile(path: string): FileKind | undefined {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  if (TOOL_FILES.test(name) || !isProductionSource(path)) return undefined;
  if (DOCKERFILE.test(name)) return 'dockerfile';
  if (parts.some(isOtherFolder)) return undefined;
  if (ENVIRONMENT.test(name) || SETTINGS_YAML.test(name)) return 'settings';
  const plain = name.replace(TEMPLATE, '');
  const extension = plain.slice(plain.lastIndexOf('.') + 1).toLowerCase();
  if (SETTINGS.has(extension)) return 'settings';
  return CODE.has(extension) ? 'code' : undefined;
}

function isOtherFolder(name: string): boolean {
  return OTHER_FOLDERS.has(name.toLowerCase()) || /(?:^|[-_.])docs?$/i.test(name);
}
