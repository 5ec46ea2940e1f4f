import { setTimeout } from 'node:timers/promises';
import { toTimestamp } from '../../../base/clock.ts';
import { Fault } from '../../../base/fault.ts';
import { openStore, StoreConfig } from '../index.ts';
import { type Batch, batchOf } from './batch.ts';
import { anEstate, aService, someAnswers } from './estate.ts';

/** A program for tests that kill: `writer.ts CONFIG FIRST` folds and publishes batch after batch, and
 *  prints `ack N` when batch N is durable. What is not available is told (`fault CODE`) and tried again. */
const [config = '', first = '0'] = process.argv.slice(2);
const store = await openStore(StoreConfig.parse(JSON.parse(config)));
console.log('open');

async function write({ number, facts }: Batch): Promise<void> {
  const at = toTimestamp(Date.now());
  await store.fold('writer', facts, at);
  const services = [aService('orders', { owner: `team-${number}` }), aService(`service-${number}`)];
  await store.publish(anEstate({ services, answers: someAnswers(number) }), at);
}

for (let number = Number(first); ; ) {
  try {
    await write(batchOf(number));
    console.log(`ack ${number}`);
    number++;
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'estate/unavailable') throw thrown;
    console.log(`fault ${thrown.code}`);
    await setTimeout(100);
  }
}
