import { bytesField, integerField, messageField, textField } from '../../../base/protobuf/index.ts';
import type { Permission, Principal, Rbac, RbacFilter, RbacPolicy, StringMatcher } from './rbac.ts';

/** The configuration of Envoy's RBAC filter as protobuf: an `envoy.extensions.filters.http.rbac.v3.RBAC`. The same
 *  description gives the same bytes. */
export function toRbacMessage(filter: RbacFilter): Buffer {
  const { rules, shadow_rules: shadow, shadow_rules_stat_prefix: prefix } = filter;
  return Buffer.concat([
    ...(rules ? [bytesField(1, rulesOf(rules))] : []),
    ...(shadow ? [bytesField(2, rulesOf(shadow))] : []),
    ...(prefix === undefined ? [] : [textField(3, prefix)]),
  ]);
}

/** An `envoy.config.rbac.v3.RBAC`, whose action ALLOW is 0, the default. */
function rulesOf({ policies }: Rbac): Buffer {
  return Buffer.concat(
    Object.entries(policies).map(([name, policy]) =>
      messageField(2, textField(1, name), bytesField(2, policyOf(policy))),
    ),
  );
}

function policyOf({ permissions, principals }: RbacPolicy): Buffer {
  return Buffer.concat([
    ...permissions.map((permission) => bytesField(1, permissionOf(permission))),
    ...principals.map((principal) => bytesField(2, principalOf(principal))),
  ]);
}

function permissionOf(permission: Permission): Buffer {
  if ('and_rules' in permission) return bytesField(1, setOf(permission.and_rules.rules));
  if ('or_rules' in permission) return bytesField(2, setOf(permission.or_rules.rules));
  if ('any' in permission) return integerField(3, 1);
  if ('header' in permission) {
    const { name, string_match: match } = permission.header;
    return messageField(4, textField(1, name), bytesField(13, stringMatcher(match)));
  }
  if ('not_rule' in permission) return bytesField(8, permissionOf(permission.not_rule));
  return messageField(10, bytesField(1, stringMatcher(permission.url_path.path)));
}

function setOf(permissions: readonly Permission[]): Buffer {
  return Buffer.concat(permissions.map((permission) => bytesField(1, permissionOf(permission))));
}

function principalOf(principal: Principal): Buffer {
  if ('any' in principal) return integerField(3, 1);
  return messageField(4, bytesField(2, stringMatcher(principal.authenticated.principal_name)));
}

/** An `envoy.type.matcher.v3.StringMatcher`. */
function stringMatcher(matcher: StringMatcher): Buffer {
  if ('exact' in matcher) return textField(1, matcher.exact);
  return messageField(5, textField(2, matcher.safe_regex.regex));
}
