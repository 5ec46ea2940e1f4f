/** Manifests of the namespace `shop`. Each ends with the line that begins the next document. */

/** A Deployment whose pods are labelled, and have a service account, by its name.
 *  @param container its only one, in YAML */
export const deployment = (
  name: string,
  container = `{ name: main, image: "registry.example/${name}:1" }`,
): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [${container}] }
---
`;

/** A Service before such pods: port 80, which is 8080 of theirs. */
export const service = (name: string): string => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
`;
