import { isProductionSource } from '../code/production.ts';
import type { Reader } from '../reader.ts';
import { isLanguage, stubsIn } from './stubs.ts';

const READER = 'grpc-clients';
/** Longer files are data or generated. */
const MAX_BYTES = 1024 * 1024;
/** Without one of these no file makes a client. */
const HINT = /Client|Stub/;

/** Reads which gRPC interfaces programs make clients of. They count only where the interface is
 *  declared and one service implements it. */
export const grpcClients: Reader = {
  name: READER,
  wants: (path) => isLanguage(extensionOf(path)) && isProductionSource(path),
  start: (context) => ({
    read(file) {
      if (file.isBinary || file.bytes.length > MAX_BYTES || !HINT.test(file.text)) return;
      for (const stub of stubsIn(file.text, extensionOf(file.path))) {
        context.observe({
          kind: 'call',
          from: { by: 'place', file: file.path },
          to: { by: 'interface', interface: stub.interface, file: file.path },
          evidence: `gRPC client of ${stub.interface}`,
          source: {
            reader: READER,
            how: 'implemented',
            file: file.path,
            ...file.position(stub.offset),
          },
        });
      }
    },
  }),
};

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}
