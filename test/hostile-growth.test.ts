import { describe, expect, it } from 'vitest';
import { Folder } from '../src/base/folder.ts';
import { credentials } from '../src/secrets/leaks/index.ts';
import { READERS, type Reader } from '../src/sources/index.ts';
import { readFolder } from '../src/sources/read.ts';
import { folderOf } from './support/hostile-folder.ts';

const readers: readonly Reader[] = [...READERS, credentials(Buffer.from('key of the test'))];

/** Text that patterns with nested or overlapping repetition take quadratic or exponential time for. */
const UNITS: Readonly<Record<string, string>> = {
  spaces: ' ',
  tabs: '\t',
  'line ends': '\n',
  'Windows line ends': '\r\n',
  'spaces and line ends': ' \n',
  letters: 'a',
  digits: '1',
  dots: '.',
  dashes: '-',
  'dotted words': 'a.',
  slashes: '/',
  'path parameters': '/{a}',
  'open braces': '{',
  'open brackets': '[',
  'open parentheses': '(',
  'template marks': '{{',
  'half templates': '{{ .a ',
  'shell marks': '${',
  quotes: '"',
  'single quotes': "'",
  backticks: '`',
  backslashes: '\\',
  'escaped quotes': '\\"',
  'comment marks': '/*',
  'line comments': '//',
  hashes: '#',
  'XML openings': '<',
  'XML tags': '<a>',
  'XML comments': '<!--',
  equals: '=',
  'half assignments': 'a=',
  'password words': 'password ',
  'passwords without end': 'password=',
  'addresses without end': 'http://',
  'user information': 'http://a:',
  'at signs': '@',
  colons: ':',
  'keys of YAML': 'a: ',
  'list marks': '- ',
  anchors: '&a ',
  aliases: '*a ',
  'pipe signs': '|',
  commas: ',',
  semicolons: ';',
  'PEM heads': '-----BEGIN PRIVATE KEY-----\n',
  base64: 'QUJD',
  'JWT parts': 'eyJ.',
  imports: 'import a\n',
  annotations: '@A(',
  'environment words': 'ENV a ',
  'stars and slashes': '**/',
};

/** Beginnings that make a reader look further. In code the text stands in a comment: what is measured
 *  is our own reading, not how the grammars of tree-sitter recover from what is no code. */
const HEADS: Readonly<Record<string, string>> = {
  'a/openapi.yaml': 'openapi: 3.1.0\npaths:\n  /a: { get: {} }\nx: ',
  'b/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nx: ',
  'c/compose.yaml': 'services:\n  web: { image: a }\nx: ',
  'd/chart/templates/a.yaml': 'a: {{ .Values.a }}\n',
  'e/a.proto': 'syntax = "proto3";\nservice A {\n',
  'f/a.graphql': 'type Query { a: Int }\n',
  'g/server.js': 'const app = require("express")();\napp.get("/a", h);\n/*',
  'g/app.ts': 'import express from "express";\nconst typeDefs = gql`type Query { a: Int }`;\n/*',
  'h/app.py': 'from flask import Flask\napp = Flask(__name__)\n"""',
  'i/A.java': 'import org.springframework.web.bind.annotation.*;\n@RestController class A {\n/*',
  'i/A.kt': 'import org.springframework.web.bind.annotation.*\n@RestController class A {\n/*',
  'j/main.go': 'package main\nimport "net/http"\nfunc main() {\n/*',
  'k/Program.cs': 'var app = WebApplication.CreateBuilder(args).Build();\n/*',
  'l/Dockerfile': 'FROM a\nENV A=b\n',
  'l/nginx.conf': 'server { location /a {\n',
  'l/pom.xml': '<project><artifactId>a</artifactId>',
  'l/build.gradle': 'rootProject.name = "a"\n',
  'l/pyproject.toml': '[project]\nname = "a"\n',
  'l/package.json': '{"name":"a","x":"',
  'l/skaffold.yaml': 'apiVersion: skaffold/v1\nkind: Config\nx: ',
  'm/application.properties': 'a.url=http://b\n',
  'm/application.yml': 'spring: { application: { name: a } }\nx: ',
  'm/.env': 'A=b\n',
  'm/a.sh': 'curl -u a:b http://c\n',
  'm/a.sql': "CREATE USER a WITH PASSWORD 'b';\n",
  'm/a.tf': 'a = "b"\n',
  'm/a.ini': '[a]\n',
  'm/README.md': '# a\n',
  'm/.npmrc': '//a/:_authToken=',
  'n/CODEOWNERS': '* @a\n',
  'n/kong.yaml': '_format_version: "3.0"\nx: ',
  'n/events.yaml': 'asyncapi: 3.0.0\nx: ',
  'n/catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Component\nx: ',
  'n/reeve.yaml': 'apiVersion: reeve.dev/v1\nkind: Service\nx: ',
  'n/go.mod': 'module a\n',
};
const CHART = { 'd/chart/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n' };

function folderWith(unit: string, length: number): string {
  const text = unit.repeat(Math.ceil(length / unit.length));
  const files = Object.entries(HEADS).map(([path, head]) => [path, head + text]);
  return folderOf({ ...CHART, ...Object.fromEntries(files) });
}

/** Seconds of work that reading all files takes: what others do on this machine meanwhile does not count. */
function secondsToRead(folder: string): number {
  const before = process.cpuUsage();
  readFolder(new Folder(folder), readers);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

const LENGTH = 8_000;
/** Four times the text may take four times as long; sixteen times would be the square. What takes less
 *  than the floor measures the machine. */
const FACTOR = 11;
const FLOOR_SECONDS = 0.6;

describe('reading grows with the text, not with its square:', () => {
  it.each(Object.entries(UNITS))('%s', (_, unit) => {
    const [short, long] = [folderWith(unit, LENGTH), folderWith(unit, 4 * LENGTH)];
    const measure = () => {
      const first = Math.max(secondsToRead(short), FLOOR_SECONDS / 4);
      return secondsToRead(long) / first;
    };
    const once = measure();
    // A machine that does something else in between is asked again.
    const ratio = once < FACTOR ? once : Math.min(once, measure());
    expect(ratio).toBeLessThan(FACTOR);
  });
});
