import { type Address, addressesIn } from '../addresses.ts';

export interface VariableAddress extends Address {
  readonly lineIndex: number;
  readonly name: string;
}

const VARIABLE = /([A-Za-z_]\w{0,100})=(?:"([^"]{0,500})"|'([^']{0,500})'|(\S{1,500}))/g;
/** `ENV NAME value`, the older form. */
const ONE_VARIABLE = /^\s*ENV\s+([A-Za-z_]\w{0,100})\s+(\S{1,500})\s*$/i;

/** The addresses in the defaults that a Dockerfile gives to environment variables and arguments.
 *  @see Dockerfile reference: ENV, ARG */
export function addressesInDockerfile(text: string): readonly VariableAddress[] {
  let isVariables = false;
  return text.split('\n').flatMap((line, lineIndex) => {
    const isContinued = isVariables;
    const begins = /^\s*(?:ENV|ARG)\s/i.test(line);
    isVariables = (begins || isContinued) && /\\\s*$/.test(line);
    if ((!begins && !isContinued) || line.length > 2_000) return [];
    const old = ONE_VARIABLE.exec(line);
    const pairs =
      old?.[2]?.includes('=') === false
        ? [[old[1] ?? '', old[2]] as const]
        : [...line.matchAll(VARIABLE)].map(
            ([, name = '', double, single, plain]) =>
              [name, double ?? single ?? plain ?? ''] as const,
          );
    return pairs.flatMap(([name, value]) =>
      addressesIn(name, value).map((address) => ({ ...address, lineIndex, name })),
    );
  });
}
