import { expect, test } from 'vitest';
import { refuseSecrets } from '../../src/bundle/tripwire.js';

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
const CATALOGUE = file('catalogue/checks.json', 'Without it the wrong device is taken.');

test('a secret that was typed stops the export where a node printed it', () => {
  const leak = file('nodes/n1/stdout/ps.txt', 'first\nsshpass -p geh\u00e4im ssh n2\n');
  expect(() => {
    refuseSecrets([CATALOGUE, leak], ['geh\u00e4im']);
  }).toThrow(/nodes\/n1\/stdout\/ps\.txt, line 2, looks like a secret that was typed/);
});

test('a typed word that our own text holds stops nothing: no node could take it out', () => {
  const report = file('report.json', 'the wrong device');
  expect(() => {
    refuseSecrets([CATALOGUE, report], ['wrong', 'abc']);
  }).not.toThrow();
});

// Our text has "install" and "wrong"; nodes print both too.
const OWN = [CATALOGUE, file('catalogue/collector.sh', 'echo installed')];
test.each([
  ['a part of our words, alone in an output', 'tall', 'MOTD: the tall\n'],
  ['our word behind password=', 'wrong', 'db.password = "wrong"\n'],
  ['our word behind passphrase:', 'wrong', 'passphrase: wrong\n'],
  ['our word on a command line', 'wrong', 'sshpass -p wrong ssh n2\n'],
  ['our word behind --password', 'wrong', 'curl --password wrong\n'],
])('%s stops the export', (_, secret, text) => {
  const leak = file('nodes/n1/stdout/ps.txt', text);
  expect(() => {
    refuseSecrets([...OWN, leak], [secret]);
  }).toThrow(/nodes\/n1\/stdout\/ps\.txt, line 1, looks like a secret that was typed/);
});

test.each([
  ['a part of our words within others', 'tall', 'nodes/n1/stdout/ps.txt', 'installed\n'],
  ['a part of our words in our report', 'tall', 'report.json', 'tall'],
  ['our word in an output', 'wrong', 'nodes/n1/stdout/ps.txt', 'the wrong device\n'],
  [
    'our word within another behind password',
    'wrong',
    'nodes/n1/stdout/ps.txt',
    'password=wrongly\n',
  ],
  ['sudo that asks', 'wrong', 'nodes/n1/stderr/ps.txt', 'sudo: a password is wrong\n'],
])('%s stops nothing', (_, secret, path, text) => {
  expect(() => {
    refuseSecrets([...OWN, file(path, text)], [secret]);
  }).not.toThrow();
});
