import type { Notice, NoticeEffect } from '../../authorization/targets/index.ts';
import { toPlace } from '../../base/diagnostic.ts';
import { grouped, type Painter, plain, wrap } from '../terminal.ts';

/** As many of one sentence are told one by one. */
const MAX_SUBJECTS = 5;
const WIDTH = 80;

const HEADLINES: Record<NoticeEffect, (target: string) => string> = {
  denied: (target) => `DENIED by ${target}, though the policy allows it`,
  left: (target) => `LEFT to others: what ${target} does not enforce`,
};

/** What a target cannot say, in 80 columns: by what comes of it, and sentence by sentence. */
export function toNoticeText(target: string, notices: readonly Notice[], paint: Painter): string {
  const byEffect = Map.groupBy(notices, ({ effect }) => effect);
  const sections = (['denied', 'left'] as const).flatMap((effect) => {
    const some = byEffect.get(effect) ?? [];
    if (some.length === 0) return [];
    const style = effect === 'denied' ? 'yellow' : 'red';
    const bySentence = [...Map.groupBy(some, ({ message }) => message)];
    const body = bySentence.flatMap(([message, about]) => sentence(message, about));
    return [[paint(style, HEADLINES[effect](target)), ...body].join('\n')];
  });
  return sections.length === 0 ? '' : `${sections.join('\n\n')}\n`;
}

function sentence(message: string, notices: readonly Notice[]): string[] {
  const lines = wrap(plain(message), WIDTH - 2).map((line) => `  ${line}`);
  const subjects = [...new Set(notices.map(toSubject))].filter((one) => one !== '');
  const shown = subjects.slice(0, MAX_SUBJECTS);
  const more = subjects.length - shown.length;
  return [
    ...lines,
    ...shown.flatMap((subject) => wrap(subject, WIDTH - 4).map((line) => `    ${line}`)),
    ...(more > 0 ? [`    … and ${grouped(more)} more`] : []),
  ];
}

/** `web → orders  GET /orders/{id}  reeve.yaml:9` */
function toSubject({ service, caller, operation, source }: Notice): string {
  const who = [caller, service].filter((one) => one !== undefined).join(' → ');
  const place = source ? `(${toPlace(source)})` : '';
  return plain([who, operation ?? '', place].filter((one) => one !== '').join('  '));
}
