/** What of the rights of an account at a target is more than any one service needs, by the kind of the rotator that told
 *  them: it can get at everything there, at its host, or at the rights of others. The words are the target's own. */
const EXCESS: Readonly<Record<string, readonly RegExp[]>> = {
  /** @see PostgreSQL, "Role Attributes" and "Predefined Roles" */
  postgres: [
    /^(?:SUPERUSER|BYPASSRLS|REPLICATION|CREATEROLE|CREATEDB)$/,
    /^member of pg_(?:execute_server_program|(?:read|write)_server_files|(?:read|write)_all_data|maintain|create_subscription)\b/,
  ],
  /** @see MySQL and MariaDB, "GRANT" */
  mysql: [
    /^(?:ALL(?: PRIVILEGES)?|SUPER|FILE|CREATE USER|GRANT OPTION|PROCESS|SHUTDOWN|RELOAD|SELECT|INSERT|UPDATE|DELETE|DROP|ALTER|CREATE) ON \*\.\*/,
    /^(?:SYSTEM_USER|SYSTEM_VARIABLES_ADMIN|ROLE_ADMIN|SET_USER_ID|SET_ANY_DEFINER|CONNECTION_ADMIN|FEDERATED ADMIN|SET USER|BINLOG ADMIN) ON \*\.\*/,
  ],
  /** Commands are told in one line, for later ones undo earlier ones. @see Redis, "ACL rules" */
  redis: [
    /^takes any password$/,
    /^commands (?!.*-@dangerous\b)(?:.* )?(?:\+@all|allcommands)(?= |$)/,
    /^commands (?:.* )?\+(?:@admin|@dangerous|config|acl|debug|module|shutdown|replicaof|slaveof)(?=[ |]|$)(?!.* -@(?:all|admin|dangerous)\b)/,
  ],
  /** @see RabbitMQ, "Access Control" and "Management: Permissions" */
  rabbitmq: [/\b(?:administrator|policymaker|monitoring)\b/],
};

/** The rights, of those that `inspect` of a rotator told, that are more than any one service needs. A rotator that is not
 *  in the table says nothing of that kind. */
export function excessOf(rotator: string, grants: readonly string[]): readonly string[] {
  const patterns = Object.hasOwn(EXCESS, rotator) ? (EXCESS[rotator] ?? []) : [];
  return grants.filter((grant) => patterns.some((pattern) => pattern.test(grant)));
}
