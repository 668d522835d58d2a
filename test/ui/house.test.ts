import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const UI = new URL('../../src/ui/', import.meta.url).pathname;

const files = readdirSync(UI, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(path.join(UI, name), 'utf8') }));

const importing = (names: RegExp): readonly string[] =>
  files
    .filter(({ text }) => {
      const imported = /import \{([^}]*)\} from 'ink'/.exec(text)?.[1] ?? '';
      return names.test(imported);
    })
    .map(({ name }) => name);

it('one component prints, so that one place makes every text visible', () => {
  expect(importing(/\b(?:Text|Static|Transform|Newline)\b/)).toEqual(['components/words.tsx']);
});

it('one place listens to the keyboard, one renders', () => {
  expect(importing(/\buseInput\b/)).toEqual(['keys.tsx']);
  expect(importing(/\brender\b/)).toEqual(['run-screen.tsx']);
});
