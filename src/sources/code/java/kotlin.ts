import { positionOf, type SyntaxNode } from '../parse.ts';
import {
  type Annotation,
  type JavaFile,
  type JavaMethod,
  type JavaParameter,
  type JavaType,
  lastName,
} from './types.ts';

/** Reads the types of a Kotlin file into what Java files are read into: frameworks see annotations
 *  on types and methods and need not know which language they stand in. Constants at the top of a
 *  file belong to a type of the file's own, as the compiler has it. */
export function toKotlinFile(path: string, text: string, root: SyntaxNode): JavaFile {
  const file = {
    path,
    text,
    root,
    packageName: /^[ \t]*package[ \t]+([\w.]+)/m.exec(text)?.[1] ?? '',
    imports: [...text.matchAll(/^[ \t]*import[ \t]+([\w.*]+)/gm)].flatMap(
      (match) => match[1] ?? [],
    ),
    types: [] as JavaType[],
  };
  const kinds = ['class_declaration', 'object_declaration'].map((kind) => ({ kind }));
  for (const node of root.findAll({ rule: { any: kinds } })) file.types.push(toType(node, file));
  file.types.push(fileType(root, file));
  return file;
}

/** The name of the type that holds what stands at the top of a file. */
export const FILE_TYPE = '(file)';

function fileType(root: SyntaxNode, file: JavaFile): JavaType {
  const parts = root.children();
  return {
    name: FILE_TYPE,
    kind: 'class',
    file,
    place: { file: file.path, line: 1, column: 1 },
    annotations: [],
    superclass: undefined,
    interfaces: [],
    constants: constantsIn(parts),
    fieldNames: [],
    methods: parts.filter(isFunction).map((part) => toMethod(part, file.path)),
  };
}

function toType(node: SyntaxNode, file: JavaFile): JavaType {
  const parts = node.children();
  const of = (kind: string): SyntaxNode | undefined => parts.find((part) => part.kind() === kind);
  const members = of('class_body')?.children() ?? [];
  const companion = members.filter((member) => member.kind() === 'companion_object');
  const nameNode = of('type_identifier') ?? node;
  const above = parts.filter((part) => part.kind() === 'delegation_specifier').map(specifierOf);
  const words = parts.map((part) => part.kind() as string);
  const isAnnotation = of('modifiers')?.text().includes('annotation') ?? false;
  return {
    name: nameNode.text(),
    kind: isAnnotation ? 'annotation' : words.includes('interface') ? 'interface' : 'class',
    file,
    place: { file: file.path, ...positionOf(nameNode) },
    annotations: [
      ...strayAnnotations(node.prev(), file.path),
      ...annotationsOf(of('modifiers'), file.path),
    ],
    // A superclass is constructed, an interface is only named.
    superclass: above.find(({ isClass }) => isClass)?.name,
    interfaces: above.filter(({ isClass }) => !isClass).map(({ name }) => name),
    constants: constantsIn([...members, ...companion.flatMap(bodyOf)]),
    fieldNames: [...constructorFields(of('primary_constructor')), ...propertyNames(members)],
    methods: members.filter(isFunction).map((member) => toMethod(member, file.path)),
  };
}

function specifierOf(node: SyntaxNode): { name: string; isClass: boolean } {
  const isClass = node.child(0)?.kind() === 'constructor_invocation';
  return {
    name: node
      .text()
      .replace(/[<(][\s\S]*$/, '')
      .trim(),
    isClass,
  };
}

function bodyOf(node: SyntaxNode): SyntaxNode[] {
  return (
    node
      .children()
      .find((child) => child.kind() === 'class_body')
      ?.children() ?? []
  );
}

function isFunction(node: SyntaxNode): boolean {
  return node.kind() === 'function_declaration';
}

function constantsIn(members: readonly SyntaxNode[]): ReadonlyMap<string, SyntaxNode> {
  const properties = members.filter((member) => member.kind() === 'property_declaration');
  return new Map(
    properties.flatMap((property) => {
      const name = propertyName(property);
      const value = property
        .children()
        .filter((child) => child.isNamed())
        .at(-1);
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function propertyNames(members: readonly SyntaxNode[]): string[] {
  return members
    .filter((member) => member.kind() === 'property_declaration')
    .flatMap((member) => propertyName(member) ?? []);
}

function propertyName(property: SyntaxNode): string | undefined {
  const declared = property.children().find((child) => child.kind() === 'variable_declaration');
  return declared?.child(0)?.text();
}

function constructorFields(primary: SyntaxNode | undefined): string[] {
  return (primary?.children() ?? [])
    .filter((child) => child.kind() === 'class_parameter')
    .flatMap((child) => nameOf(child) ?? []);
}

function nameOf(node: SyntaxNode): string | undefined {
  return node
    .children()
    .find((child) => child.kind() === 'simple_identifier')
    ?.text();
}

function toMethod(node: SyntaxNode, path: string): JavaMethod {
  const parts = node.children();
  const nameNode = parts.find((part) => part.kind() === 'simple_identifier') ?? node;
  const list = parts.find((part) => part.kind() === 'function_value_parameters');
  const parameters = toParameters(list?.children() ?? [], path);
  const returned = parts.find((part) => /^(?:user|nullable)_type$/.test(part.kind() as string));
  return {
    name: nameNode.text(),
    place: { file: path, ...positionOf(nameNode) },
    annotations: annotationsOf(
      parts.find((part) => part.kind() === 'modifiers'),
      path,
    ),
    parameterCount: parameters.length,
    parameters,
    returns: returned?.text().replace(/[<?][\s\S]*$/, '') ?? '',
    returnsArgument: /<\s*([\w.]+)/.exec(returned?.text() ?? '')?.[1],
  };
}

/** The annotations of a parameter stand before it. */
function toParameters(parts: readonly SyntaxNode[], path: string): JavaParameter[] {
  return parts.flatMap((part, index) => {
    if (part.kind() !== 'parameter') return [];
    const before = parts[index - 1];
    const modifiers = before?.kind() === 'parameter_modifiers' ? before : undefined;
    const type = part.text().replace(/^[^:]*:\s*/, '');
    return [
      {
        name: nameOf(part) ?? '',
        type: type.replace(/[<?=\s][\s\S]*$/, ''),
        annotations: annotationsOf(modifiers, path),
      },
    ];
  });
}

function annotationsOf(modifiers: SyntaxNode | undefined, path: string): Annotation[] {
  if (modifiers === undefined || !modifiers.text().includes('@')) return [];
  return modifiers
    .children()
    .filter((child) => child.kind() === 'annotation')
    .map((annotation) => {
      const parts = annotation.children();
      const call = parts.find((part) => part.kind() === 'constructor_invocation');
      const list = call?.children().find((child) => child.kind() === 'value_arguments');
      const name = (call ?? annotation).text().replace(/^@(?:\w+:)?|[(<][\s\S]*$/g, '');
      return {
        name: lastName(name.trim()),
        arguments: argumentsOf(list),
        place: { file: path, ...positionOf(annotation) },
      };
    });
}

/** Annotations that the grammar takes for an expression before the class: of the last of them the
 *  arguments look like what it is applied to. */
function strayAnnotations(before: SyntaxNode | null, path: string): Annotation[] {
  const found: Annotation[] = [];
  let current = before;
  while (current?.kind() === 'prefix_expression') {
    const [annotation, operand] = current.children();
    if (annotation?.kind() !== 'annotation' || operand === undefined) break;
    const isList = operand.kind() === 'parenthesized_expression';
    const name = annotation.text().replace(/^@(?:\w+:)?|[(<][\s\S]*$/g, '');
    found.push({
      name: lastName(name.trim()),
      arguments: new Map(isList ? [['value', operand]] : []),
      place: { file: path, ...positionOf(annotation) },
    });
    current = operand;
  }
  return found;
}

/** By key; those without one together under `value`. */
function argumentsOf(list: SyntaxNode | undefined): ReadonlyMap<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>();
  for (const argument of list?.children() ?? []) {
    if (argument.kind() !== 'value_argument' || list === undefined) continue;
    const parts = argument.children();
    const isNamed = parts.some((part) => part.kind() === '=');
    const value = parts.at(-1);
    if (!isNamed) found.set('value', list);
    else if (value !== undefined) found.set(parts[0]?.text() ?? '', value);
  }
  return found;
}
