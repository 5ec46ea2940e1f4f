import type { Command } from 'commander';
import { type AnswerFlags, print } from '../answers.ts';
import { ask } from '../client.ts';
import { toFields } from '../fields.ts';
import { counted, grouped } from '../terminal.ts';
import { type Authority, toSentence } from './authorities.ts';
import { API } from './common.ts';

interface Overview {
  readonly trustDomain: string;
  readonly authorities: readonly Authority[];
  readonly bundle: {
    readonly sequence: number;
    readonly x509Authorities: number;
    readonly jwtAuthorities: number;
  };
  readonly denials: { readonly sequence: number; readonly total: number };
  readonly entries: {
    readonly total: number;
    readonly automatic: number;
    readonly person: number;
  };
  readonly unregistered: number;
  readonly issued: { readonly x509: number; readonly jwt: number; readonly refused: number };
  readonly agents: number;
  readonly federation: { readonly total: number; readonly trusted: number };
  readonly workloadApi: {
    readonly address: string;
    readonly workloads: number;
    readonly svids: number;
  } | null;
  readonly issuer: string | null;
}

/** `reeve identity`: identity at a glance. */
export function addOverview(identity: Command): void {
  identity.action(async (flags: AnswerFlags) =>
    print(flags, await ask<Overview>(flags, API), toText),
  );
}

function toText(overview: Overview): string {
  const { trustDomain, authorities, bundle, denials, entries, issued, issuer } = overview;
  return toFields([
    ['domain', [trustDomain]],
    ['signs', authorities.filter(({ status }) => status === 'active').map(toSentence)],
    ['next', authorities.filter(isToCome).map(toSentence)],
    [
      'bundle',
      [
        `sequence ${bundle.sequence}: ${counted(bundle.x509Authorities, 'certificate')}, ` +
          counted(bundle.jwtAuthorities, 'JWT key'),
      ],
    ],
    [
      'registered',
      [
        `${counted(entries.total, 'identity', 'identities')}: ${grouped(entries.automatic)} of ` +
          `services, ${grouped(entries.person)} by people`,
      ],
    ],
    ['without', [withoutOne(overview)]],
    [
      'issued',
      [
        `${counted(issued.x509, 'X.509-SVID')} and ${counted(issued.jwt, 'JWT-SVID')}; ` +
          `${grouped(issued.refused)} refused`,
      ],
    ],
    [
      'denied',
      [
        denials.total === 0
          ? 'nothing'
          : `${grouped(denials.total)}: \`reeve identity denied\` lists them`,
      ],
    ],
    ['workloads', workloads(overview)],
    ['agents', [`${grouped(overview.agents)} connected`]],
    ['federation', [federation(overview)]],
    ['issuer', [issuer ?? 'none: no OpenID Connect']],
  ]);
}

const isToCome = ({ status }: Authority): boolean =>
  status === 'prepared' || status === 'published';

function withoutOne({ unregistered }: Overview): string | null {
  if (unregistered === 0) return null;
  return `${counted(unregistered, 'service')}: \`reeve identity unregistered\` says why`;
}

function workloads({ workloadApi }: Overview): string[] {
  if (workloadApi === null) return ['none of this machine are served'];
  const { address, workloads: watching, svids } = workloadApi;
  return [`${counted(watching, 'stream')} with ${counted(svids, 'SVID')}, at`, address];
}

function federation({ federation: { total, trusted } }: Overview): string | null {
  if (total === 0) return null;
  return `${counted(total, 'trust domain')}, ${grouped(trusted)} with a bundle`;
}
