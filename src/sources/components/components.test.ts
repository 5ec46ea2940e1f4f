import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../../base/folder.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { readFolder } from '../read.ts';
import { readTexts } from '../read-texts.ts';
import { components } from './index.ts';

function read(texts: Record<string, string>): string[] {
  return readTexts(components, texts).observations.flatMap((one) => {
    if (one.kind !== 'component') return [];
    const images = one.images ? ` from ${one.images.join(',')}` : '';
    return [`${one.folder} ${one.names.join(',')}${one.runnable ? ' runs' : ''}${images}`];
  });
}

describe('the components reader', () => {
  it.each(['Dockerfile', 'src/Dockerfile'])('names %s alone after the repository', (path) => {
    const root = join(temporaryFolder('components-'), 'orders');
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'FROM x\n');
    const { observations } = readFolder(new Folder(root), [components]);
    expect(observations).toMatchObject([{ names: ['orders'] }]);
  });
  it.each<[string, string, string, string[]]>([
    ['a Dockerfile runs', 'orders/Dockerfile', 'FROM x\n', ['orders orders runs']],
    [
      'a named Dockerfile names',
      'orders/worker.Dockerfile',
      'FROM x\n',
      ['orders worker,orders runs'],
    ],
    ['a variant does not', 'orders/Dockerfile.dev', 'FROM x\n', ['orders orders runs']],
    ['a text about Dockerfiles is none', 'orders/Dockerfile.md', 'FROM x\n', []],
    ['plain folders give no name', 'orders/src/Dockerfile', 'FROM x\n', ['orders/src orders runs']],
    [
      'a package with a start script runs',
      'a/package.json',
      '{"name":"@shop/web","scripts":{"start":"x"}}',
      ['a @shop/web,a runs'],
    ],
    ['a library does not', 'a/package.json', '{"name":"lib","main":"x.js"}', ['a lib,a']],
    [
      'the root of workspaces does not',
      'a/package.json',
      '{"workspaces":["b"],"scripts":{"start":"x"}}',
      ['a a'],
    ],
    ['a broken package is none', 'a/package.json', '{', []],
    [
      'a Go module is named by its last part',
      'a/go.mod',
      'module example.com/shop/orders/v2\n',
      ['a orders,a'],
    ],
    ['a Go main runs', 'cmd/web/main.go', 'package main\n', ['cmd/web web runs']],
    ['a Go file of a library does not', 'web/main.go', 'package web\n', []],
    [
      'a Maven project has its own name, not its parent’s',
      'a/pom.xml',
      '<project><parent><artifactId>p</artifactId></parent><artifactId>orders</artifactId><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>',
      ['a orders,a runs'],
    ],
    [
      'a Maven parent does not run',
      'pom.xml',
      '<project><artifactId>all</artifactId><packaging>pom</packaging><build>spring-boot-maven-plugin</build></project>',
      [' all'],
    ],
    [
      'a Gradle application runs',
      'a/build.gradle.kts',
      'plugins { id("org.springframework.boot") }',
      ['a a runs'],
    ],
    ['settings name', 'a/settings.gradle', "rootProject.name = 'orders'", ['a orders,a']],
    [
      'a Python project is named',
      'a/pyproject.toml',
      '[tool.poetry]\nname = "orders"\n[tool.x]\nname = "no"\n',
      ['a orders,a'],
    ],
    ['requirements make a folder one', 'a/requirements.txt', 'flask\n', ['a a']],
    [
      'a web project of .NET runs',
      'a/Orders.API.csproj',
      '<Project Sdk="Microsoft.NET.Sdk.Web">',
      ['a Orders.API,a runs'],
    ],
    [
      'a test project does not',
      'a/T.csproj',
      '<OutputType>Exe</OutputType><PackageReference Include="Microsoft.NET.Test.Sdk"/>',
      ['a T,a'],
    ],
    [
      'a crate is named',
      'a/Cargo.toml',
      '[package]\nname = "orders"\n[[bin]]\nname = "x"\n',
      ['a orders,a runs'],
    ],
    ['a PHP package is named', 'a/composer.json', '{"name":"shop/orders"}', ['a orders,a']],
    [
      'an Elixir application runs',
      'a/mix.exs',
      'app: :orders, mod: {Orders, []}',
      ['a orders,a runs'],
    ],
    ['a Procfile runs', 'a/Procfile', 'web: x\n', ['a a runs']],
    ['others’ work is passed over', 'a/vendor/b/Dockerfile', 'FROM x\n', []],
    [
      'Skaffold says what is built where',
      'skaffold.yaml',
      'build: { artifacts: [{ image: "r.example/cart:1", context: src/cart }, { image: all, docker: { dockerfile: a/Dockerfile } }, { image: out, context: ../x }] }',
      ['src/cart cart runs from r.example/cart', 'a all,a runs from all'],
    ],
  ])('%s', (_, path, text, want) => {
    expect(read({ [path]: text })).toEqual(want);
  });

  it('takes any bytes', () => {
    const names = [
      'package.json',
      'pom.xml',
      'go.mod',
      'Cargo.toml',
      'skaffold.yaml',
      'Dockerfile',
      'a.csproj',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary' }), (name, text) => {
        read({ [`a/${name}`]: text });
      }),
    );
  });
});
