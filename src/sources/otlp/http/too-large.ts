import { Fault } from '../../../base/fault.ts';

/** @param setting the one that holds the limit */
export function tooLarge(code: string, setting: string, maxBytes: number): Fault {
  return new Fault(code, `The request has more than ${maxBytes} bytes`, {
    hint: `send smaller batches, or raise \`${setting}\``,
  });
}
