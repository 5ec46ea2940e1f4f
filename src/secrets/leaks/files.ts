import type { Syntax } from './match.ts';

/** What a path says of a file. */

/** Files that hold no one's credentials, or nothing but: made by tools, too large to mean anything, or
 *  not text. */
const SKIPPED: readonly RegExp[] = [
  /(?:^|\/)(?:package-lock|npm-shrinkwrap|composer\.lock|packages\.lock|project\.assets|deno\.lock)\.?(?:json)?$/,
  /(?:^|\/)(?:yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|Gemfile\.lock|poetry\.lock|Pipfile\.lock|uv\.lock|pdm\.lock|go\.sum|go\.work\.sum|mix\.lock|Podfile\.lock|pubspec\.lock|flake\.lock|gradle\.lockfile|\.terraform\.lock\.hcl|buf\.lock|Chart\.lock)$/,
  /\.min\.(?:js|css|mjs)$|[-.]bundle\.js$|\.(?:js|css|mjs|ts)\.map$|\.map$/,
  /\.(?:svg|csv|tsv|parquet|avro|orc|arrow|log|pdf|docx?|xlsx?|pptx?|odt|rtf|eps|ps|ai|psd|sketch|fig|drawio|excalidraw|po|pot|mo)$/i,
  /\.(?:png|jpe?g|gif|bmp|ico|icns|webp|avif|tiff?|heic|mp[34]|m4[av]|mov|avi|mkv|webm|ogg|wav|flac)$/i,
  /\.(?:woff2?|ttf|otf|eot|zip|gz|tgz|bz2|xz|zst|7z|rar|tar|jar|war|ear|class|pyc|pyo|so|dll|dylib|exe|bin|o|a|wasm|node|whl|egg|deb|rpm|apk|ipa|dmg|iso|img|db|sqlite3?|mdb|snap|pb|onnx|h5|pkl|npy|npz|pt|tflite)$/i,
  /\.(?:pub|sha256|sha512|sha1|md5|sig|gpg)$/i,
  /\.(?:css|scss|sass|less|styl)$/i,
  /(?:^|\/)(?:jquery|angular|bootstrap|react|vue|lodash|moment|d3|three|ember|backbone|underscore|popper|swagger-ui|highcharts|echarts|tinymce|ckeditor|codemirror)(?:[-._][\w.-]{0,60})?\.js$/i,
  // copies of others' work: Go's vendor folder holds import paths, which begin with a domain
  /(?:^|\/)(?:vendor\/(?:[\w-]+\.[\w.-]+|bundle)|node_modules|site-packages|bower_components)\//,
  /_pb2(?:_grpc)?\.pyi?$|\.pb\.go$|_pb\.(?:js|d\.ts)$|\.g\.dart$/,
];

export function isSkipped(path: string): boolean {
  return SKIPPED.some((pattern) => pattern.test(path));
}

const SYNTAXES: readonly { readonly path: RegExp; readonly syntax: Syntax }[] = [
  {
    path: /(?:^|\/)\.env(?:$|[.-])|\.env(?:\.[\w.-]+)?$|(?:^|\/)env(?:\.[\w-]+)?$|\.envrc$/i,
    syntax: 'env',
  },
  {
    path: /(?:^|\/)(?:\.?(?:bash_profile|bashrc|bash_aliases|bash_history|zshrc|zshenv|zprofile|zsh_history|profile|history|aliases|exports))$|\.(?:sh|bash|zsh|ksh|fish|bats|bat|cmd|ps1)$/i,
    syntax: 'shell',
  },
  {
    path: /(?:^|\/)(?:Dockerfile|Containerfile)[^/]*$|\.(?:dockerfile|containerfile)$/i,
    syntax: 'dockerfile',
  },
  {
    path: /\.(?:ya?ml|yml\.\w+|ya?ml\.(?:j2|tpl|tmpl|erb|example|sample|dist))$|(?:^|\/)(?:\.tugboat|hub|\.?kubeconfig|\.kube\/config|\.clang-format)$/i,
    syntax: 'yaml',
  },
  {
    path: /\.(?:json|jsonc|json5|ipynb|har|tfstate|avsc|webmanifest)$|(?:^|\/)(?:\.ftpconfig|\.dockercfg|\.babelrc|\.eslintrc)$/i,
    syntax: 'json',
  },
  {
    path: /\.(?:xml|config|csproj|props|targets|plist|pom|wsdl|xsd|xsl|resx|iml|nuspec|jelly|rdl)$/i,
    syntax: 'xml',
  },
  {
    path: /\.(?:properties|ini|cfg|conf|cnf|toml|inf|reg|desktop|service|editorconfig|credentials)$|(?:^|\/)(?:\.?npmrc|\.pypirc|\.my\.cnf|\.s3cfg|\.boto|\.gitconfig|\.git-credentials|\.netrc|\.pgpass|\.esmtprc|\.?msmtprc|config|credentials|\.credentials|\.htpasswd|my\.cnf|redis\.conf)$/i,
    syntax: 'properties',
  },
  { path: /\.(?:sql|ddl|psql|dump)$/i, syntax: 'sql' },
  {
    path: /\.(?:md|mdx|markdown|rst|adoc|asciidoc|txt|text|org|tex|1|man|textile|wiki)$|(?:^|\/)(?:README|CHANGELOG|CHANGES|NEWS|HISTORY|CONTRIBUTING|LICENSE|NOTICE|AUTHORS)$/i,
    syntax: 'docs',
  },
  {
    path: /(?:^|\/)(?:Makefile|GNUmakefile|Procfile|Justfile|Vagrantfile|Jenkinsfile|Tiltfile|Rakefile|Gemfile|Earthfile)[^/]*$|\.(?:mk|make)$/,
    syntax: 'code',
  },
];

const CODE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py[iwx]?|rb|erb|php\d?|phtml|java|kts?|scala|groovy|gradle|clj[cs]?|go|rs|cs|fs|vb|swift|mm?|c|cc|cpp|cxx|h|hh|hpp|ino|lua|pl|pm|r|jl|ex|exs|erl|hrl|hs|ml|elm|dart|sol|tf|tfvars|hcl|bicep|cue|nix|proto|graphqls?|gql|thrift|html?|jsp|ejs|hbs|twig|mustache|pug|haml|slim|liquid|j2|tpl|tmpl|jinja2?|coffee|zig|nim|v|vhd|sas|cob|cbl|abap|cls|trigger|apex|ipynb|rego|cedar|awk|sed|vim|el|lisp|scm|rkt|asm|s|pp|pas|dpr|cfm|feature|robot|http|rest|cast)$/i;

/** How a file is written, by its path. Names that say nothing are configuration more often than code. */
export function syntaxOf(path: string): Syntax {
  const known = SYNTAXES.find((entry) => entry.path.test(path))?.syntax;
  return known ?? (CODE.test(path) ? 'code' : 'properties');
}

/** Folders and names of tests, fixtures, examples and documentation: what lies there is not in use. */
const TESTS =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|__fixtures__|mocks?|stubs?|specs?|e2e|it|integration-?tests?|test-?data|test-?resources|fixtures?|samples?|examples?|docs?|documentation|demo-?data|golden|snapshots|__snapshots__|cypress)\/|(?:[._-](?:test|spec|mock|fixture|stub|example|sample|dist|template)s?\.[\w.]{1,16}$)|(?:^|\/)(?:test_[^/]{1,80}\.py|conftest\.py|[^/]{0,80}_test\.(?:go|py|rb|exs|dart)|[^/]{0,80}(?:Tests?|IT|Spec|TestCase|Mock)\.(?:java|kt|scala|groovy|cs|swift|php))$|\.(?:env|conf|cfg|ini|ya?ml|json|properties)\.(?:example|sample|dist|template|tmpl)$|\.env\.(?:test|testing)$/i;

/** Whether a file belongs to tests, examples or documentation rather than to what runs. */
export function isTestPath(path: string): boolean {
  return TESTS.test(path) || syntaxOf(path) === 'docs';
}

const TRANSLATIONS =
  /(?:^|\/)(?:locales?|i18n|l10n|lang|langs|languages|translations?|messages)\/|(?:^|\/)(?:messages|strings|labels|i18n)[_-]?\w{0,10}\.(?:properties|xml|json|ya?ml)$|\.(?:strings|xlf|xliff|arb|resx)$|(?:^|\/)[a-z]{2}[-_][A-Z]{2}\.(?:json|ya?ml|ts|js)$/;

export function isTranslation(path: string): boolean {
  return TRANSLATIONS.test(path);
}

/** What a location's `in` says of a match in this file. */
export function placeOf(path: string, syntax: Syntax): 'env' | 'code' | 'file' {
  if (syntax === 'env' || syntax === 'dockerfile') return 'env';
  if (
    /(?:^|\/)(?:\.github\/workflows|\.circleci|\.gitlab-ci|azure-pipelines|\.travis|bitbucket-pipelines|\.drone|cloudbuild)/.test(
      path,
    )
  )
    return 'env';
  return syntax === 'code' || syntax === 'shell' || syntax === 'sql' ? 'code' : 'file';
}
