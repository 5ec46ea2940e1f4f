/** Rules delivered to the Envoys that stand before services. */
export {
  type DeliveredPolicy,
  type ExtensionConfig,
  type ExtensionConfigs,
  RBAC_RESOURCES,
  RbacDelivery,
} from './rbac-delivery.ts';
export { servicesByIdentity } from './services-of.ts';
