import { dump } from 'js-yaml';
import type { CalleeRules } from '../../model/index.ts';
import { aboutOperation, calleesOf } from '../callees.ts';
import type { Compile, CompiledFile, Notice } from '../compiled.ts';
import { objectName } from '../manifests.ts';
import { rbacOf } from './policies.ts';
import { RBAC_FILTER, RBAC_TYPE, type Rbac, type RbacFilter } from './rbac.ts';

/** Envoy's RBAC filter for each service that takes calls in, to stand in the `http_filters` of its Envoy: one file a
 *  service. A service that only logs has its rules as shadow rules, which refuse nobody.
 *  @see envoy/extensions/filters/http/rbac/v3/rbac.proto */
export const compileEnvoyRbac: Compile = (rules, context) => {
  const compiled = calleesOf(rules, context)
    .filter(({ service }) => service.kind === 'workload')
    .map(compileCallee);
  return {
    files: compiled.map(({ file }) => file),
    notices: [...GENERAL, ...compiled.flatMap(({ notices }) => notices)],
  };
};

const GENERAL: readonly Notice[] = [
  {
    effect: 'denied',
    message:
      'A path in which a letter, a digit or one of -._~ is percent-encoded is refused where the policy would decode it, as Envoy compares paths as they are spelt',
  },
  {
    effect: 'left',
    message:
      'A path of more than 8,192 bytes or 256 segments is let in where a parameter or a wildcard takes it: bound the headers of requests in Envoy (`max_request_headers_kb`)',
  },
];

function compileCallee(callee: CalleeRules): {
  readonly file: CompiledFile;
  readonly notices: readonly Notice[];
} {
  const { service, mode } = callee;
  const { rbac, unsayable } = rbacOf(callee);
  const path = [service.environment, service.namespace, service.name].map(objectName).join('/');
  return {
    file: { path: `${path}.yaml`, text: toYaml(service.id, filterOf(rbac, mode)) },
    notices: unsayable.map(({ caller, rule, why }) => aboutOperation(callee, caller, rule, why)),
  };
}

function filterOf(rbac: Rbac, mode: CalleeRules['mode']): RbacFilter {
  return mode === 'shadow' ? { shadow_rules: rbac } : { rules: rbac };
}

function toYaml(serviceId: string, filter: RbacFilter): string {
  const item = { name: RBAC_FILTER, typed_config: { '@type': RBAC_TYPE, ...filter } };
  const head = `# Who may call ${serviceId}: an item of \`http_filters\`, before the router, below mutual TLS.`;
  return `${head}\n${dump(item, { lineWidth: -1 })}`;
}
