// Goal: packages never import the console, features never import features, and each package only what stands below it. Method:
// every import of every source file.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = import.meta.dirname;

// What each may import of ours.
const kBelow: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  client: ['contract'],
  state: ['client', 'contract'],
  actions: ['client', 'contract', 'state'],
  softphone: ['client', 'contract'],
  ui: ['contract'],
};

interface Import {
  readonly from: string;
  // A package's name, or a path below web/.
  readonly to: string;
}

function importsBelow(folder: string): Import[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules') && !path.includes('/dist/'))
    .flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => {
        const name = m[1] ?? '';
        const to = name.startsWith('.') ? relative(root, normalize(join(dirname(path), name))) : name;
        return { from: relative(root, path), to };
      }),
    );
}

const said = (i: Import) => `${i.from} imports ${i.to}`;
const isTest = (path: string) => /\.test\.tsx?$/.test(path);

describe('packages', () => {
  it.each(Object.entries(kBelow))('%s imports only what stands below it', (name, below) => {
    const wrong = importsBelow(`packages/${name}`)
      .filter((i) => !isTest(i.from) && !i.from.includes('/testing/'))
      .filter((i) => {
        if (i.to.startsWith('@carillon/')) return ![name, ...below].includes(i.to.split('/')[1] ?? '');
        return i.to.startsWith('console') || (i.to.startsWith('packages/') && !i.to.startsWith(`packages/${name}`));
      });
    expect(wrong.map(said)).toEqual([]);
  });

  it('are not of React below ui', () => {
    const wrong = ['contract', 'client', 'state', 'actions', 'softphone']
      .flatMap((name) => importsBelow(`packages/${name}`))
      .filter((i) => /^(react|@mantine|@tanstack)/.test(i.to));
    expect(wrong.map(said)).toEqual([]);
  });

  it('have no fakes in what ships', () => {
    const wrong = [...Object.keys(kBelow).map((name) => `packages/${name}/src`), 'console/src']
      .flatMap(importsBelow)
      .filter((i) => i.to.includes('testing') && !isTest(i.from) && i.from !== 'console/src/fake.tsx');
    expect(wrong.map(said)).toEqual([]);
  });
});

describe('console', () => {
  const featureOf = (path: string) => /^console\/src\/features\/([^/.]+)/.exec(path)?.[1];

  it('has features that never import one another', () => {
    const wrong = importsBelow('console/src/features').filter((i) => {
      const to = featureOf(i.to);
      return to !== undefined && to !== featureOf(i.from);
    });
    expect(wrong.map(said)).toEqual([]);
  });

  it('has features that do not know the shell', () => {
    const wrong = importsBelow('console/src/features').filter(
      (i) => i.to.startsWith('console/src/shell') && !isTest(i.from),
    );
    expect(wrong.map(said)).toEqual([]);
  });

  it('reaches a feature only through its feature file, from the one list', () => {
    const wrong = importsBelow('console/src').filter(
      (i) =>
        featureOf(i.to) !== undefined &&
        featureOf(i.from) === undefined &&
        !(i.from === 'console/src/features.ts' && i.to.endsWith('/feature')),
    );
    expect(wrong.map(said)).toEqual([]);
  });
});
