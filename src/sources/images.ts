/** A container image without tag and digest: `registry.example.com:5000/shop/web`. */
export function toImageName(reference: string): string {
  const name = reference.split('@')[0] ?? '';
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  return colon === -1 ? name : name.slice(0, colon);
}

/** Last parts of the names of images that keep data or messages for other services. */
const DATASTORES = new Set([
  'activemq',
  'activemq-artemis',
  'aerospike-server',
  'arangodb',
  'cassandra',
  'clickhouse',
  'clickhouse-server',
  'cockroach',
  'consul',
  'couchbase',
  'couchdb',
  'cp-kafka',
  'cp-zookeeper',
  'dragonfly',
  'dynamodb-local',
  'elasticsearch',
  'etcd',
  'eventstore',
  'influxdb',
  'kafka',
  'keydb',
  'mariadb',
  'mariadb-galera',
  'memcached',
  'minio',
  'mongo',
  'mongodb',
  'mongodb-community-server',
  'mssql-server',
  'mysql',
  'mysql-server',
  'nats',
  'nats-streaming',
  'neo4j',
  'opensearch',
  'percona-server-mongodb',
  'percona-xtradb-cluster',
  'postgis',
  'postgres',
  'postgresql',
  'pulsar',
  'qdrant',
  'questdb',
  'rabbitmq',
  'redis',
  'redis-cluster',
  'redis-stack',
  'redis-stack-server',
  'redpanda',
  'rethinkdb',
  'scylla',
  'solr',
  'spilo',
  'timescaledb',
  'timescaledb-ha',
  'valkey',
  'weaviate',
  'yugabyte',
  'zookeeper',
]);

/** Last words of the names that teams give to databases and queues of their own making. */
const STORE_WORDS = new Set([
  'cassandra',
  'database',
  'db',
  'elasticsearch',
  'mariadb',
  'memcached',
  'mongo',
  'mongodb',
  'mysql',
  'postgres',
  'postgresql',
  'rabbitmq',
  'redis',
  'valkey',
]);

/** Whether a service that runs this image keeps data or messages for others: a well-known product,
 *  or an image or service that is named for one (`shop/catalogue-db`, `orders-mysql`). */
export function isDatastore(image: string | undefined, serviceName: string): boolean {
  const last =
    (image === undefined ? '' : toImageName(image)).toLowerCase().split('/').at(-1) ?? '';
  return DATASTORES.has(last) || [last, serviceName].some((name) => endsInStoreWord(name));
}

function endsInStoreWord(name: string): boolean {
  const word = name.toLowerCase().split(/[-_.]/).at(-1) ?? '';
  return STORE_WORDS.has(word) || word.endsWith('db');
}
