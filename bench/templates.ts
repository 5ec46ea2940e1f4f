import { printAccuracy } from './templates/accuracy.ts';
import { type Corpus, loadCorpus } from './templates/corpus.ts';
import { printMemory } from './templates/memory-report.ts';
import { REEVE } from './templates/reeve.ts';
import { printSpeed } from './templates/speed.ts';

/** Template learning: how exact, how soon, how fast, in how much memory. `--quick`: a tenth of it. */
const isQuick = process.argv.includes('--quick');
const QUICK_SHARE = 0.1;

const corpus = await loadCorpus().catch((error: Error) => {
  console.log(`  accuracy and speed are not measured:\n  ${error.message}`);
  return undefined;
});
if (corpus) {
  const taken = isQuick ? shortened(corpus) : corpus;
  printAccuracy(taken, REEVE);
  printSpeed(taken, isQuick ? 300_000 : 3_000_000, isQuick ? 3 : 5);
}
printMemory(isQuick ? 1_000_000 : 10_000_000);

function shortened({ tune, test }: Corpus): Corpus {
  const step = Math.round(1 / QUICK_SHARE);
  const some = (apis: Corpus['tune']) => apis.filter((_, index) => index % step === 0);
  return { tune: some(tune), test: some(test) };
}
