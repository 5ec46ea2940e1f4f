export { RedisRotation } from './config.ts';
export { redisRotator } from './rotator.ts';
