import type {
  DocumentNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionNode,
} from 'graphql';

/** Fields that an operation asks of its root type, fragments taken in, each once and in their order; at
 *  most `max`. Introspection (`__typename`) is no field of the schema's own. Loads no parser.
 *  @see GraphQL specification, October 2021, §2.8 and §6.1 */
export function rootFieldsOf(
  { definitions }: DocumentNode,
  { selectionSet }: OperationDefinitionNode,
  max: number,
): string[] {
  // each is taken up once, so that fragments in a circle end
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions) {
    if (one.kind === 'FragmentDefinition') fragments.set(one.name.value, one);
  }
  const names = new Set<string>();
  const waiting: SelectionNode[] = selectionSet.selections.toReversed();
  for (let one = waiting.pop(); one !== undefined && names.size < max; one = waiting.pop()) {
    if (one.kind === 'Field') {
      if (!one.name.value.startsWith('__')) names.add(one.name.value);
      continue;
    }
    const inside = one.kind === 'InlineFragment' ? one : fragments.get(one.name.value);
    if (one.kind === 'FragmentSpread') fragments.delete(one.name.value);
    if (inside)
      for (const selection of inside.selectionSet.selections.toReversed()) waiting.push(selection);
  }
  return [...names];
}
