import type { Reader } from '../../reader.ts';
import { observeRoutes } from '../observe.ts';
import { isProductionSource } from '../parse.ts';
import { CSharpProgram } from './program.ts';

/** Words without which a file maps no endpoints. */
const HINTS =
  /\bMap(?:Get|Post|Put|Delete|Patch|Methods|Group|GrpcService|HealthChecks|Hub|GraphQL|Controllers|ControllerRoute|DefaultControllerRoute)\b|\bUseEndpoints\b|\bWebApplication\b|\bIEndpointRouteBuilder\b|\[\s*(?:Route|RoutePrefix|ApiController|AcceptVerbs|Http(?:Get|Post|Put|Delete|Patch|Head|Options))\b/;
const TYPE = /\b(?:class|record|struct|interface)\s+(\w+)/g;
const EXTENSION = /\b(\w+)(?:<[\w, ]{0,100}>)?\s*\(\s*this\s/g;

/** Tests and what compilers and tools write. */
const OTHERS =
  /(?:^|\/)(?:obj|bin|Migrations|[^/]*\.?(?:Unit|Functional|Integration)?Tests?)\/|\.(?:g|Designer|generated)\.cs$|Tests?\.cs$/;

/** Reads the routes of ASP.NET controllers and minimal APIs, and registrations of gRPC services. */
export const dotnet: Reader = {
  name: 'dotnet',
  wants: (path) => path.endsWith('.cs') && isProductionSource(path) && !OTHERS.test(path),
  start(context) {
    const files: string[] = [];
    const types = new Map<string, string[]>();
    const extensions = new Map<string, string[]>();
    return {
      read(file) {
        if (HINTS.test(file.text)) files.push(file.path);
        index(types, TYPE, file.text, file.path);
        index(extensions, EXTENSION, file.text, file.path);
      },
      finish() {
        if (files.length === 0) return;
        observeRoutes(context, new CSharpProgram(context, { types, extensions }).run(files));
      },
    };
  },
};

function index(into: Map<string, string[]>, pattern: RegExp, text: string, path: string): void {
  for (const match of text.matchAll(pattern)) {
    const [, name = ''] = match;
    const known = into.get(name);
    if (known === undefined) into.set(name, [path]);
    else if (known.at(-1) !== path) known.push(path);
  }
}
