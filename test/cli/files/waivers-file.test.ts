import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogue } from '../../../checks/index.js';
import { readWaivers } from '../../../src/cli/files/waivers-file.js';
import { InputError } from '../../../src/domain/errors.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waivers-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const waiver = (line: string): string => `waivers:\n  - { ${line} }\n`;

it.each([
  ['', ':1:1: this is not a list of waivers.'],
  ['- a\n', ':1:1: this is not a list of waivers.'],
  ['waivers: none\n', ':1:10: "waivers" is not what it should be: expected a list.'],
  [
    waiver('check: firewall/firewalld, why: b, until: 2030-01-01'),
    ':2:5: "waivers.0.who" is not what it should be: expected text.',
  ],
  [
    waiver('check: firewall/firewalld, who: a, why: b, until: 2030-13-01'),
    ':2:57: "waivers.0.until" is not what it should be: expected a date such as 2027-01-31.',
  ],
  [
    waiver('check: firewall/firewalld, who: a, why: b, until: 2030-01-01, sign: x'),
    ':2:69: unknown key "sign".',
  ],
  [
    waiver('check: kernel/version, who: a, why: b, until: 2030-01-01'),
    ':2:14: kernel/version cannot be waived.',
  ],
])('%j is refused with its place', async (text, said) => {
  const path = join(folder, 'w.yaml');
  writeFileSync(path, text);
  const error: unknown = await readWaivers(path, catalogue).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).message).toBe(`${path}${said}`);
});
