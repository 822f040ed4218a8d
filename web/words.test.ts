// Goal: no string is missing in any language, none is left over, and every plural a language has is there. Method: the catalogues
// against one another and against what the sources ask for.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kActions } from './packages/actions/src';
import ar from './packages/ui/src/words/ar.json';
import de from './packages/ui/src/words/de.json';
import en from './packages/ui/src/words/en.json';
import { preferredLanguage } from './packages/ui/src/words';

type Words = { readonly [key: string]: string | Words };
const kPlural = /_(zero|one|two|few|many|other)$/;

function flat(words: Words, before = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') found.set(before + key, value);
    else for (const [k, v] of flat(value, `${before}${key}.`)) found.set(k, v);
  }
  return found;
}

function keysOf(words: Words): Set<string> {
  return new Set([...flat(words).keys()].map((key) => key.replace(kPlural, '')));
}

const holes = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map((m) => m[1])
    .filter((name) => name !== 'count')
    .sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules') && !path.includes('dist'));
}

const text = ['packages/ui/src', 'packages/actions/src', 'console/src']
  .flatMap(sources)
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');

describe('catalogues', () => {
  it.each([
    ['German', de],
    ['Arabic', ar],
  ])('%s has exactly the keys of English', (_, words) => {
    expect([...keysOf(words)].sort()).toEqual([...keysOf(en)].sort());
  });

  it.each([
    ['en', en],
    ['de', de],
    ['ar', ar],
  ])('%s has every plural form of its language', (language, words) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const have = flat(words);
    const plural = [...have.keys()].filter((key) => kPlural.test(key)).map((key) => key.replace(kPlural, ''));
    const missing = [...new Set(plural)]
      .flatMap((key) => forms.map((form) => `${key}_${form}`))
      .filter((key) => !have.has(key));
    expect(missing).toEqual([]);
  });

  it.each([
    ['German', de],
    ['Arabic', ar],
  ])('%s fills the same holes', (_, words) => {
    const theirs = flat(words);
    const wrong = [...flat(en)].filter(
      ([key, value]) => theirs.has(key) && String(holes(value)) !== String(holes(theirs.get(key) ?? '')),
    );
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  it.each([
    ['German', de],
    ['Arabic', ar],
  ])('%s leaves nothing untranslated by accident', (_, words) => {
    const theirs = flat(words);
    const same = [...flat(en)].filter(
      ([key, value]) => theirs.get(key) === value && /[a-z]{4,} [a-z]{3,} [a-z]{2,}/i.test(value),
    );
    expect(same.map(([key]) => key)).toEqual([]);
  });
});

describe('the sources', () => {
  const have = keysOf(en);
  const asked = [...text.matchAll(/\bt\(\s*'([a-z_0-9]+(?:\.[a-z_0-9]+)+)'/g)].map((m) => m[1] ?? '');

  it('ask for nothing that is not there', () => {
    expect([...new Set(asked.filter((key) => !have.has(key)))]).toEqual([]);
    expect(kActions.map((a) => a.label).filter((label) => !have.has(label))).toEqual([]);
  });

  it('ask for everything that is there', () => {
    const prefixes = [...text.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map((m) => m[1] ?? '');
    // What a ResourcePage asks for by the beginning it was given.
    const pages = [...text.matchAll(/\bwords="([a-z_]+)"/g)].flatMap((m) =>
      ['title', 'about', 'new', 'none', 'none_about'].map((k) => `${m[1]}.${k}`),
    );
    const unused = [...have].filter(
      (key) => !text.includes(`'${key}'`) && !pages.includes(key) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

describe('preferredLanguage', () => {
  it('is what was chosen, else the first of the browser’s that we speak, else English', () => {
    expect(preferredLanguage('ar', ['de'])).toBe('ar');
    expect(preferredLanguage(null, ['pt-BR', 'de-AT', 'en'])).toBe('de');
    expect(preferredLanguage('xx', ['el'])).toBe('en');
  });
});
