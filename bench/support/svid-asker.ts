import { followSvids } from './svid-stream.ts';

/** Run by the executable whose identity is asked for: asks for its first X.509-SVID when it is told to, tells how
 *  many milliseconds that took, from before it connects, and ends. */
const [, , socket = ''] = process.argv;

process.once('message', () => {
  const start = performance.now();
  const tell = (answer: { milliseconds?: number; failure?: string }): void => {
    process.send?.(answer, () => process.exit());
  };
  const onMessage = (): void => tell({ milliseconds: performance.now() - start });
  followSvids(socket, onMessage, (failure) => tell({ failure }));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
