import { DROP_REASONS } from '../../../sources/access-log/index.ts';
import { HarDecoder } from '../../../sources/har/index.ts';
import type { LeftOut } from '../left-out.ts';
import type { Decoder, DecoderContext } from './decoder.ts';
import { failAt } from './log.ts';

const KINDS: Readonly<Record<string, LeftOut['kind']>> = {
  ...DROP_REASONS,
  'no request to a server': 'passed over',
  'never answered': 'passed over',
};

/** An HTTP archive. Its entries name their hosts, so no name is needed for them. */
export function createHar({ file, subject, clock, sink, judge }: DecoderContext): Decoder {
  const { service: _, ...rest } = subject;
  const decoder = new HarDecoder(
    { ...rest, clock, judge },
    {
      take: sink.take,
      drop: (reason, line) => sink.drop(reason, KINDS[reason] ?? 'unread', line),
    },
  );
  return {
    push: (chunk) => decoder.push(chunk),
    end: () => failAt(decoder.end(), file, 'archive'),
  };
}
