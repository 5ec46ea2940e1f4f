/** What customers do: look at a product, buy it, look at the order, and review it. */
const SKUS = ['apron', 'bowl', 'cup', 'dish'];

/** One customer's visit; throws where the shop does not answer as it should. */
export async function visit(webUrl: string, number: number): Promise<void> {
  const sku = SKUS[number % SKUS.length];
  await ask('GET', `${webUrl}/`);
  await ask('GET', `${webUrl}/products/${sku}`);
  const order = (await ask('POST', `${webUrl}/checkout`, {
    sku,
    email: `customer-${number}@example.com`,
    amountCents: 1_000 + number,
  })) as { id: string };
  await ask('GET', `${webUrl}/orders/${order.id}`);
  await ask('POST', `${webUrl}/products/${sku}/reviews`, { orderId: order.id, stars: 5 });
}

async function ask(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${url} answered ${response.status} ${await response.text()}`);
  }
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return isJson ? response.json() : response.text();
}
