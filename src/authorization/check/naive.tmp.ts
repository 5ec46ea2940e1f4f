import type { CalleeRules, OperationRule, Policy } from '../model/index.ts';
import { parseOperation } from '../operations/index.ts';
export function naiveRules(policy: Policy): CalleeRules[] {
  const services = new Map(policy.services.map((s) => [s.id, s]));
  return policy.services.map((service) => {
    const byCaller = Map.groupBy(
      policy.grants.filter((g) => g.to === service.id),
      (g) => g.from,
    );
    return {
      service,
      mode: service.mode,
      callers: [...byCaller].flatMap(([from, grants]) => {
        const caller = services.get(from);
        if (!caller) return [];
        return [
          {
            identities: caller.identities,
            services: [caller],
            allowed: grants.flatMap((g): OperationRule[] => {
              const o = parseOperation(g.operation);
              if (!o) return [];
              const base = {
                exceptMethods: [],
                also: [],
                except: [],
                conditions: [],
                because: [g.source],
              };
              if (o.kind === 'every')
                return [{ ...base, protocol: 'http' as const, method: '*', path: '/**' }];
              if (o.kind === 'http')
                return [
                  { ...base, protocol: 'http' as const, method: o.method, path: o.path.text },
                ];
              return [{ ...base, protocol: o.protocol, method: o.method, path: o.name }];
            }),
          },
        ];
      }),
    };
  });
}
