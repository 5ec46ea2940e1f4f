import { routerId } from '../routes.ts';
import { entryOf } from '../table.ts';
import { isStandIn } from './constants.ts';
import { argumentTexts, type JavaFramework, type JavaReading } from './reading.ts';
import { settingOf } from './settings.ts';
import type { Annotation, JavaType } from './types.ts';

interface Listener {
  readonly reader: string;
  readonly keys: readonly string[];
}

/** Annotations of methods and classes that take messages, with the arguments that name topics. */
const LISTENERS: Readonly<Record<string, Listener>> = {
  KafkaListener: { reader: 'kafka', keys: ['topics', 'topicPattern'] },
  RabbitListener: { reader: 'rabbitmq', keys: ['queues', 'queuesToDeclare', 'value'] },
  JmsListener: { reader: 'jms', keys: ['destination'] },
  SqsListener: { reader: 'sqs', keys: ['value', 'queueNames'] },
  PulsarListener: { reader: 'pulsar', keys: ['topics'] },
  Incoming: { reader: 'microprofile-messaging', keys: ['value'] },
};

/** Topics and queues that a program takes messages from. */
export const messaging: JavaFramework = (file, reading) => {
  for (const type of file.types) {
    const methods = type.methods.flatMap(({ annotations }) => annotations);
    for (const annotation of [...type.annotations, ...methods]) listen(annotation, type, reading);
  }
};

function listen(annotation: Annotation, type: JavaType, reading: JavaReading): void {
  const listener = entryOf(LISTENERS, annotation.name);
  if (listener === undefined) return;
  for (const name of argumentTexts(annotation, listener.keys, type, reading)) {
    if (isStandIn(name)) continue;
    reading.model.routes.push({
      router: routerId(type.file.path, type.name),
      reader: listener.reader,
      protocol: 'event',
      method: 'SUBSCRIBE',
      template: annotation.name === 'Incoming' ? channelTopic(name, type, reading) : name,
      place: annotation.place,
    });
  }
}

/** A MicroProfile channel is bound to its topic in the settings. */
function channelTopic(channel: string, type: JavaType, reading: JavaReading): string {
  const settings = reading.settingsOf(type.file.path);
  return settingOf(settings, `mp.messaging.incoming.${channel}.topic`) ?? channel;
}
