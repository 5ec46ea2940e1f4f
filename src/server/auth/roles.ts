/** What may be asked of the API, by the name that its operations have for it. */
export const PERMISSIONS = {
  'estate.read':
    'see the estate, its findings, identities and policy, and secrets without their values',
  'estate.write': 'decide about endpoints, correct templates, have folders read again',
  'estate.retire': 'retire services and teams, with all that they have',
  'audit.read': 'read and prove the audit log',
  'identity.write':
    'register, deny and retire identities, rotate authorities, join agents, federate',
  'secrets.write': 'make, plan, rotate and revoke secrets, without seeing values that are kept',
  'secrets.read': 'read values of secrets',
  'vault.write': 'unseal the vault, seal it, and replace its keys',
  'incidents.write':
    'work with incidents: take them on, say what they are, and have something done about them',
  'people.write': 'say who may do what, and make their tokens',
} as const;
export type Permission = keyof typeof PERMISSIONS;

/** Of those, what only looks, and shows no value: a token of teams may do it for the whole estate. */
export const LOOKING: ReadonlySet<Permission> = new Set(['estate.read', 'audit.read']);

const ALL = Object.keys(PERMISSIONS) as Permission[];

/** What each role may do. Who has several may do what any of them may. */
export const ROLES = {
  viewer: ['estate.read'],
  auditor: ['estate.read', 'audit.read'],
  operator: ['estate.read', 'estate.write'],
  responder: ['estate.read', 'incidents.write'],
  'identity-operator': ['estate.read', 'identity.write'],
  'secret-operator': ['estate.read', 'secrets.write'],
  'secret-reader': ['estate.read', 'secrets.read'],
  admin: ALL,
} as const satisfies Readonly<Record<string, readonly Permission[]>>;
export type Role = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as [Role, ...Role[]];

export function permissionsOf(roles: readonly Role[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => ROLES[role]));
}
