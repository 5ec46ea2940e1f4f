export { DeliveryConfig } from './config.ts';
export { type Delivered, type Delivery, type DeliveryParts, openDelivery } from './delivery.ts';
export type { DeliveredState } from './marker.ts';
export type { DeliveryCluster } from './place.ts';
