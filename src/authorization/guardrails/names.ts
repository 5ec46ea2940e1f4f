/** The names of what guardrails speak of: entity types of the namespace `Reeve`, and the one action. */
export const ENTITY_TYPES = {
  service: 'Reeve::Service',
  endpoint: 'Reeve::Endpoint',
  team: 'Reeve::Team',
  namespace: 'Reeve::Namespace',
  environment: 'Reeve::Environment',
  group: 'Reeve::Group',
  action: 'Reeve::Action',
} as const;

export const CALL = 'call';

/** The entity id of a namespace, which is one of its environment. */
export function namespaceId(environment: string, namespace: string): string {
  return `${environment}/${namespace}`;
}

/** Every `{type, id}` in a policy's JSON. */
export function* entitiesIn(json: unknown): Generator<{ type: string; id: string }> {
  if (typeof json !== 'object' || json === null) return;
  const { type, id } = json as { type?: unknown; id?: unknown };
  if (typeof type === 'string' && typeof id === 'string') yield { type, id };
  for (const part of Object.values(json)) yield* entitiesIn(part);
}

/** The names of the groups that a guardrail, in Cedar's JSON format, speaks of. */
export function groupsIn({ json }: { readonly json: unknown }): ReadonlySet<string> {
  const entities = [...entitiesIn(json)].filter(({ type }) => type === ENTITY_TYPES.group);
  return new Set(entities.map(({ id }) => id));
}
