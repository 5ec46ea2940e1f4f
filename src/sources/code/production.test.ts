import { describe, expect, it } from 'vitest';
import { isProductionSource } from './production.ts';

describe('isProductionSource', () => {
  it.each([
    'src/app.ts',
    'main.go',
    'shop/views.py',
    'src/main/java/com/acme/build/Plan.java',
    'src/main/java/com/acme/test/Latest.java',
    'services/contest/app.js',
    'app/specification.ts',
  ])('takes %s for production code', (path) => {
    expect(isProductionSource(path)).toBe(true);
  });

  it.each([
    'test/app.ts',
    'src/__tests__/app.ts',
    'src/app.test.ts',
    'src/app.spec.js',
    'src/test/java/com/acme/AppTest.java',
    'src/main/java/com/acme/CartTest.java',
    'cart/cart_test.go',
    'cart/test_cart.py',
    'cart/conftest.py',
    'gen/cart.pb.go',
    'gen/cart_pb2_grpc.py',
    'types/cart.d.ts',
    'public/jquery.min.js',
    'dist/app.js',
    'app/build/classes/Main.java',
    'vendor/github.com/acme/x.go',
  ])('leaves %s out', (path) => {
    expect(isProductionSource(path)).toBe(false);
  });
});
