import { z } from 'zod';
import { CRITICALITIES, toOperation } from '../../estate/index.ts';
import { toTestedCall } from './tested-call.ts';

const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, 'must be letters, digits, `.`, `_` and `-`');
const Owner = z
  .string()
  .min(1, 'must not be empty')
  .max(256, 'must be at most 256 characters')
  .meta({ description: 'The team that answers.' });
const Sensitivity = z
  .array(z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be lower-case letters, digits and `-`'))
  .max(32)
  .meta({ description: 'What the data is: pii, pci, phi, credentials, or a word of your own.' });
const OperationText = z
  .string()
  .max(2_048)
  .refine((text) => toOperation(text) !== undefined, {
    error:
      'must read like `GET /orders/{id}`, `payments.v1.Cards/Charge`, `QUERY order` or `PUBLISH orders.created`',
  });
const Operations = z.array(OperationText).max(10_000);
const Path = z
  .string()
  .min(1, 'must not be empty')
  .max(1_024)
  .meta({ description: 'A file, relative to this one.' });

/** What a service offers is said by a specification of one of these kinds, or in place. */
export const SPECIFICATIONS = ['openapi', 'protobuf', 'graphql', 'asyncapi'] as const;
const EXPOSED_BY = [...SPECIFICATIONS, 'operations'] as const;

const Exposure = z
  .strictObject({
    openapi: Path.optional(),
    protobuf: Path.optional(),
    graphql: Path.optional(),
    asyncapi: Path.optional(),
    operations: Operations.optional(),
    sensitivity: Sensitivity.optional(),
  })
  .refine((exposure) => EXPOSED_BY.filter((key) => exposure[key] !== undefined).length === 1, {
    error: 'must have exactly one of `openapi`, `protobuf`, `graphql`, `asyncapi`, `operations`',
  })
  .meta({ oneOf: EXPOSED_BY.map((key) => ({ required: [key] })) });

const DeclaredCall = z.strictObject({
  service: Name.meta({ description: 'The service that is called.' }),
  namespace: Name.meta({ description: "Absent: the caller's own." }).optional(),
  operations: Operations.meta({ description: 'Absent: every operation.' }).optional(),
});

/** `payments`, or `shop/payments` with its namespace. */
const ServiceName = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,252}\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/,
    'must read like `orders` or `shop/orders`',
  );

const KIND = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** What only the service says to which a credential belongs. */
const OF_OWNER = ['kind', 'owner', 'rotation'] as const;

const DeclaredCredential = z
  .strictObject({
    name: Name.meta({ description: 'The name of the Secret, or whatever it goes by.' }),
    kind: z.string().regex(KIND, 'must be lower-case letters, digits and `-`').optional(),
    service: ServiceName.meta({
      description:
        'The service that it belongs to, which names this one among its consumers. Absent: this service.',
    }).optional(),
    owner: Owner.meta({ description: "Absent: the service's." }).optional(),
    rotation: z
      .strictObject({
        every: z
          .string()
          .regex(/^[1-9]\d{0,5}[smhdw]$/, 'must be a number with `s`, `m`, `h`, `d` or `w`: `24h`'),
      })
      .optional(),
  })
  .superRefine((credential, context) => {
    const isOwn = credential.service === undefined;
    if (isOwn && credential.kind === undefined) {
      const message = 'must be a text';
      context.addIssue({ code: 'custom', path: ['kind'], message });
    }
    for (const key of isOwn ? [] : OF_OWNER) {
      if (credential[key] === undefined) continue;
      const message = 'must be left out: the service says it that the credential belongs to';
      context.addIssue({ code: 'custom', path: [key], message });
    }
  })
  .meta({ oneOf: [{ required: ['kind'] }, { required: ['service'] }] });

const Selector = z
  .string()
  .max(1_024)
  .regex(
    /^[a-z][a-z0-9_-]{0,31}:[a-z][a-z0-9_.-]{0,63}:[^\p{C}\p{Zl}\p{Zp}]+$/u,
    'must read like `unix:user:orders` or `systemd:id:orders.service`',
  );
const TrustDomain = z
  .string()
  .regex(/^[a-z0-9._-]{1,255}$/, 'must be a trust domain, such as `partner.example`');

/** A `reeve.yaml` document: what a service is, offers, calls and holds, said by its own team beside
 *  its code. */
export const Declaration = z
  .strictObject({
    apiVersion: z.literal('reeve.dev/v1'),
    kind: z.literal('Service'),
    metadata: z.strictObject({
      name: Name,
      namespace: Name.optional(),
      owner: Owner.optional(),
    }),
    spec: z
      .strictObject({
        criticality: z.enum(CRITICALITIES).optional(),
        identity: z
          .strictObject({
            selectors: z
              .array(Selector)
              .min(1)
              .max(32)
              .meta({
                description:
                  'What a process must be, in all points, to be this service. Services on Kubernetes need none: their account is known.',
              })
              .optional(),
            federatesWith: z
              .array(TrustDomain)
              .max(64)
              .meta({ description: 'Trust domains whose bundles the service is given.' })
              .optional(),
          })
          .optional(),
        authorization: z
          .strictObject({
            mode: z.enum(['enforce', 'shadow']).optional().meta({
              description:
                'Calls to this service that nobody declares are refused (enforce), or let through and logged (shadow).',
            }),
          })
          .optional(),
        sensitivity: Sensitivity.optional(),
        exposes: z.array(Exposure).max(1_000).optional(),
        calls: z
          .array(DeclaredCall)
          .max(10_000)
          .meta({ description: 'Present, even empty: every call that is not here is undeclared.' })
          .optional(),
        credentials: z.array(DeclaredCredential).max(1_000).optional(),
      })
      .optional(),
  })
  .meta({ title: 'reeve.yaml', description: 'The declaration of a service' });
export type Declaration = z.infer<typeof Declaration>;

/** A `reeve.yaml` document of the organisation: services that guardrails speak of by one name. */
export const Group = z
  .strictObject({
    apiVersion: z.literal('reeve.dev/v1'),
    kind: z.literal('Group'),
    metadata: z.strictObject({ name: Name }),
    spec: z.strictObject({
      services: z
        .array(ServiceName)
        .max(10_000)
        .meta({ description: 'With its namespace, or in every namespace.' })
        .optional(),
      groups: z
        .array(Name)
        .max(1_000)
        .meta({ description: 'Groups whose services belong to this one, too.' })
        .optional(),
    }),
  })
  .meta({ title: 'Group', description: 'A group of services' });

const TestedCall = z
  .string()
  .max(4_096)
  .refine((text) => toTestedCall(text) !== undefined, {
    error: 'must read like `web -> orders POST /orders`',
  });
const TestedCalls = z.union([TestedCall, z.array(TestedCall).min(1).max(1_000)]);

const Case = z
  .strictObject({
    name: z.string().min(1).max(256).optional(),
    allow: TestedCalls.optional(),
    deny: TestedCalls.optional(),
    proof: z.enum(['mtls', 'token']).optional(),
    evenIfDeclared: z
      .literal(true)
      .meta({ description: 'Denied by a guardrail or a block, even if the caller declared it.' })
      .optional(),
    reason: z
      .string()
      .min(1)
      .max(512)
      .meta({
        description:
          'A code such as call-undeclared, the id of a guardrail, or words of the message.',
      })
      .optional(),
  })
  .refine((one) => (one.allow === undefined) !== (one.deny === undefined), {
    error: 'must have either `allow` or `deny`',
  })
  .refine((one) => one.evenIfDeclared === undefined || one.deny !== undefined, {
    error: 'must have `deny` where it has `evenIfDeclared`',
  });

/** A document of `reeve-test.yaml`: calls that policy must allow, and calls that it must deny. */
export const PolicyTest = z
  .strictObject({
    apiVersion: z.literal('reeve.dev/v1'),
    kind: z.literal('PolicyTest'),
    metadata: z.strictObject({ name: Name }).optional(),
    spec: z.strictObject({ cases: z.array(Case).max(10_000) }),
  })
  .meta({ title: 'PolicyTest', description: 'Calls that policy must allow or deny' });

/** One finding of a check that is accepted. */
const WaiverEntry = z.strictObject({
  finding: z
    .string()
    .regex(
      /^check-[0-9a-f]{16}$/,
      'must be the id of a finding, as a report of `reeve check` has it',
    ),
  reason: z.string().min(1).max(1_000),
  owner: Name,
  until: z.iso.date('must be a day, as in `2027-01-31`'),
});

/** A document of `reeve-waivers.yaml`: findings of a check that are accepted, each until a day. */
export const Waivers = z
  .strictObject({
    apiVersion: z.literal('reeve.dev/v1'),
    kind: z.literal('Waivers'),
    spec: z.strictObject({ waivers: z.array(WaiverEntry).max(10_000) }),
  })
  .meta({ title: 'Waivers', description: 'Findings of a check that are accepted until a day' });

/** The JSON Schema of the documents of `reeve.yaml`, for editors; published as `docs/reeve.schema.json`. */
export function declarationJsonSchema(): unknown {
  return z.toJSONSchema(
    z.union([Declaration, Group, PolicyTest, Waivers]).meta({ title: 'reeve.yaml' }),
  );
}
