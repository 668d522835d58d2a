import { expect, test } from 'vitest';
import { refuseSecrets } from '../../src/bundle/tripwire.js';

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
const CATALOGUE = file('catalogue/checks.json', 'Without it the wrong device is taken.');

test('a secret that was typed stops the export where a node printed it', () => {
  const leak = file('evidence/n1/ps/stdout', 'first\nsshpass -p geh\u00e4im ssh n2\n');
  expect(() => {
    refuseSecrets([CATALOGUE, leak], ['geh\u00e4im']);
  }).toThrow(/evidence\/n1\/ps\/stdout, line 2, looks like a secret that was typed/);
});

test('a typed word that our own text holds stops nothing: no node could take it out', () => {
  const report = file('report.json', 'the wrong device');
  expect(() => {
    refuseSecrets([CATALOGUE, report], ['wrong', 'abc']);
  }).not.toThrow();
});
