import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../read-texts.ts';
import { grpcClients } from './index.ts';
import { stubsIn } from './stubs.ts';

const names = (text: string, extension: string) =>
  stubsIn(text, extension).map((stub) => stub.interface);

describe('a client is made', () => {
  it.each<[language: string, extension: string, text: string, want: string[]]>([
    ['Go', 'go', 'c := pb.NewCartServiceClient(conn)', ['CartService']],
    ['Go, in its own package', 'go', 's.cart = NewCartClient(cc)', ['Cart']],
    ['Java', 'java', 'stub = CartGrpc.newBlockingStub(channel);', ['Cart']],
    ['Java, asynchronous', 'java', 'stub = CartGrpc.newStub(channel);', ['Cart']],
    ['Kotlin', 'kt', 'val stub = CartGrpcKt.CartCoroutineStub(channel)', ['Cart']],
    ['Python', 'py', 'stub = cart_pb2_grpc.CartStub(channel)', ['Cart']],
    [
      'JavaScript',
      'js',
      'new shop.v1.CartService(addr, grpc.credentials.createInsecure())',
      ['CartService'],
    ],
    ['TypeScript', 'ts', 'new CartClient(addr, ChannelCredentials.x(), credentials)', ['Cart']],
    ['Connect', 'ts', 'const client = createClient(Cart, transport)', ['Cart']],
    ['C#', 'cs', 'new Cart.CartClient(channel)', ['Cart']],
    ['C#, registered', 'cs', 'services.AddGrpcClient<Cart.CartClient>(o => {})', ['Cart']],
    ['Rust', 'rs', 'CartClient::connect("http://cart")', ['Cart']],
    ['Ruby', 'rb', 'Shop::Cart::Stub.new("cart:1", :this_channel_is_insecure)', ['Cart']],
  ])('in %s', (_, extension, text, want) => {
    expect(names(text, extension)).toEqual(want);
  });

  it('once for all of a file, and not in comments', () => {
    expect(names('// NewAClient(x)\nNewBClient(x)\nNewBClient(y)', 'go')).toEqual(['B']);
  });

  it('not by clients of other kinds', () => {
    expect(names('new HttpClient(url, { timeout: 1 })', 'ts')).toEqual([]);
    expect(names('new HttpClient(handler)', 'cs')).toEqual([]);
  });
});

describe('the reader', () => {
  it('tells who calls which interface, and where', () => {
    const { observations } = readTexts(grpcClients, {
      'web/main.go': 'package main\nvar c = pb.NewCartClient(conn)\n',
      'web/main_test.go': 'var c = pb.NewCartClient(conn)\n',
      'vendor/x/cart.go': 'var c = pb.NewCartClient(conn)\n',
      'web/notes.txt': 'NewCartClient(conn)',
    });
    expect(observations).toEqual([
      {
        kind: 'call',
        from: { by: 'place', file: 'web/main.go' },
        to: { by: 'interface', interface: 'Cart', file: 'web/main.go' },
        evidence: 'gRPC client of Cart',
        source: {
          reader: 'grpc-clients',
          how: 'implemented',
          file: 'web/main.go',
          line: 2,
          column: 15,
        },
      },
    ]);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('go', 'java', 'kt', 'py', 'ts', 'cs', 'rs', 'rb'),
        fc.string({ unit: 'binary' }),
        (extension, text) => {
          for (const { offset } of stubsIn(`${text} New${text}Client(`, extension)) {
            expect(offset).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });

  it('is quick on lines that almost make one', () => {
    const hostile = `new ${'A.'.repeat(900)}(`.repeat(1) + 'New'.repeat(30);
    expect(stubsIn(`${hostile}\n`.repeat(500), 'ts')).toEqual([]);
    expect(stubsIn(`${'A'.repeat(1900)}\n`.repeat(500), 'cs')).toEqual([]);
  });
});
