import { positionOf, type SyntaxNode } from '../parse.ts';
import type { CodePlace } from '../routes.ts';

/** What readers need to know of a Java type. */
export interface JavaType {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'annotation';
  readonly file: JavaFile;
  readonly place: CodePlace;
  readonly annotations: readonly Annotation[];
  /** As written, without type arguments: `BaseController`, `AdServiceGrpc.AdServiceImplBase`. */
  readonly superclass: string | undefined;
  readonly interfaces: readonly string[];
  /** Initial values of fields, by name. */
  readonly constants: ReadonlyMap<string, SyntaxNode>;
  readonly fieldNames: readonly string[];
  readonly methods: readonly JavaMethod[];
}

export interface JavaMethod {
  readonly name: string;
  readonly place: CodePlace;
  readonly annotations: readonly Annotation[];
  readonly parameterCount: number;
  readonly parameters: readonly JavaParameter[];
  /** As written, without type arguments. */
  readonly returns: string;
  /** The first type argument of what it returns: `OrderResource` of `Class<OrderResource>`. */
  readonly returnsArgument: string | undefined;
}

export interface JavaParameter {
  readonly name: string;
  readonly type: string;
  readonly annotations: readonly Annotation[];
}

export interface Annotation {
  /** Last part of the name: `GetMapping`. */
  readonly name: string;
  /** By key; a single value under `value`. */
  readonly arguments: ReadonlyMap<string, SyntaxNode>;
  readonly place: CodePlace;
}

export interface JavaFile {
  readonly path: string;
  readonly text: string;
  readonly root: SyntaxNode;
  readonly packageName: string;
  /** Imported names, fully qualified; static ones among them. */
  readonly imports: readonly string[];
  readonly types: readonly JavaType[];
}

const TYPES: Readonly<Record<string, JavaType['kind']>> = {
  class_declaration: 'class',
  record_declaration: 'class',
  enum_declaration: 'class',
  interface_declaration: 'interface',
  annotation_type_declaration: 'annotation',
};

/** Reads the types of a file, nested ones included. Every node that is touched costs native memory
 *  until the event loop turns, so texts are preferred to nodes and parameters are read when asked for. */
export function toJavaFile(path: string, text: string, root: SyntaxNode): JavaFile {
  const file = {
    path,
    text,
    root,
    packageName: /^[ \t]*package\s+([\w.]+)\s*;/m.exec(text)?.[1] ?? '',
    imports: [...text.matchAll(/^[ \t]*import\s+(?:static\s+)?([\w.*]+)\s*;/gm)].flatMap(
      (match) => match[1] ?? [],
    ),
    types: [] as JavaType[],
  };
  const kinds = Object.keys(TYPES).map((kind) => ({ kind }));
  for (const node of root.findAll({ rule: { any: kinds } })) file.types.push(toType(node, file));
  return file;
}

function toType(node: SyntaxNode, file: JavaFile): JavaType {
  const body = node.field('body');
  const members = body?.children() ?? [];
  const clauses = node.children();
  const nameNode = node.field('name') ?? node;
  const fields = members.filter(
    (member) => member.kind() === 'field_declaration' || member.kind() === 'constant_declaration',
  );
  const declarators = fields.flatMap(declaratorsOf);
  const components = node.field('parameters')?.children() ?? [];
  return {
    name: nameNode.text(),
    kind: TYPES[node.kind() as string] ?? 'class',
    file,
    place: { file: file.path, ...positionOf(nameNode) },
    annotations: annotationsOf(node, file.path),
    superclass: withoutArguments(
      clauses
        .find((clause) => clause.kind() === 'superclass')
        ?.text()
        .replace(/^extends\s+/, ''),
    ),
    interfaces: interfacesOf(clauses),
    constants: new Map(
      declarators.flatMap((declarator) => {
        const value = declarator.field('value');
        return value === null ? [] : [[declarator.field('name')?.text() ?? '', value] as const];
      }),
    ),
    fieldNames: [...fields.filter(isOfInstance).flatMap(declaratorsOf), ...components].flatMap(
      (declarator) => declarator.field('name')?.text() ?? [],
    ),
    methods: members
      .filter((member) => member.kind() === 'method_declaration')
      .map((member) => toMethod(member, file.path)),
  };
}

function declaratorsOf(field: SyntaxNode): SyntaxNode[] {
  return field.children().filter((child) => child.kind() === 'variable_declarator');
}

function isOfInstance(field: SyntaxNode): boolean {
  if (field.kind() === 'constant_declaration') return false;
  const modifiers = field.child(0);
  return modifiers?.kind() !== 'modifiers' || !/\bstatic\b/.test(modifiers.text());
}

function interfacesOf(clauses: readonly SyntaxNode[]): string[] {
  const clause = clauses.find((each) =>
    /^(?:super|extends)_interfaces$/.test(each.kind() as string),
  );
  const list = clause?.children().find((child) => child.kind() === 'type_list');
  return (list?.children() ?? [])
    .filter((child) => child.isNamed())
    .flatMap((child) => withoutArguments(child.text()) ?? []);
}

function toMethod(node: SyntaxNode, path: string): JavaMethod {
  const nameNode = node.field('name') ?? node;
  const type = node.field('type')?.text() ?? '';
  const list = node.field('parameters');
  let parameters: readonly JavaParameter[] | undefined;
  return {
    name: nameNode.text(),
    place: { file: path, ...positionOf(nameNode) },
    annotations: annotationsOf(node, path),
    parameterCount: countParameters(list?.text() ?? '()'),
    get parameters() {
      parameters ??= toParameters(list, path);
      return parameters;
    },
    returns: withoutArguments(type) ?? '',
    returnsArgument: /<\s*([\w.]+)/.exec(type)?.[1],
  };
}

/** Commas outside of brackets, and one more. */
function countParameters(list: string): number {
  let depth = 0;
  let count = /^\(\s*\)$/.test(list) ? 0 : 1;
  for (const character of list) {
    if ('(<[{'.includes(character)) depth++;
    else if (')>]}'.includes(character)) depth--;
    else if (character === ',' && depth === 1) count++;
  }
  return count;
}

function toParameters(list: SyntaxNode | null, path: string): JavaParameter[] {
  return (list?.children() ?? [])
    .filter((parameter) => parameter.kind() === 'formal_parameter')
    .map((parameter) => ({
      name: parameter.field('name')?.text() ?? '',
      type: withoutArguments(parameter.field('type')?.text()) ?? '',
      annotations: annotationsOf(parameter, path),
    }));
}

function annotationsOf(node: SyntaxNode, path: string): Annotation[] {
  // Modifiers stand first, if there are any.
  const modifiers = node.child(0);
  if (modifiers?.kind() !== 'modifiers' || !modifiers.text().includes('@')) return [];
  return modifiers.children().flatMap((child) => {
    const kind = child.kind();
    if (kind !== 'annotation' && kind !== 'marker_annotation') return [];
    const name = child.field('name')?.text() ?? '';
    return [
      {
        name: lastName(name),
        arguments: argumentsOf(child),
        place: { file: path, ...positionOf(child) },
      },
    ];
  });
}

function argumentsOf(annotation: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const list = annotation.field('arguments')?.children() ?? [];
  return new Map(
    list
      .filter((child) => child.isNamed() && !(child.kind() as string).endsWith('comment'))
      .flatMap((child): (readonly [string, SyntaxNode])[] => {
        if (child.kind() !== 'element_value_pair') return [['value', child]];
        const value = child.field('value');
        return value === null ? [] : [[child.field('key')?.text() ?? '', value]];
      }),
  );
}

function withoutArguments(type: string | undefined): string | undefined {
  return type?.replace(/<[\s\S]*$/, '').trim();
}

/** `Inner` of `a.b.Outer.Inner`. */
export function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The first annotation of one of these names. */
export function annotationOf(
  annotations: readonly Annotation[],
  ...names: readonly string[]
): Annotation | undefined {
  return annotations.find(({ name }) => names.includes(name));
}
