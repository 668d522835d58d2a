import { describe, expect, test } from 'vitest';
import { compareKernelVersions, parseKernelVersion } from '../../src/domain/kernel-version.js';
import { reason, reasonCode } from '../../src/domain/reason.js';

describe('kernel releases', () => {
  test.each([
    ['6.1.0-18-cloud-amd64', [6, 1, 0, 18]],
    ['4.18.0-305.el8.x86_64', [4, 18, 0, 305]],
    ['3.10.0-1160.el7.x86_64\n', [3, 10, 0, 1160]],
    ['5.4', [5, 4, 0]],
    ['6.12.0-rc1', [6, 12, 0]],
    ['5.15.0-103.114.4.el8uek.x86_64', [5, 15, 0, 103]],
    ['', null],
    ['Linux', null],
    ['-1.2', null],
    ['6', null],
    ['999999999.1', null],
    ['1e400.1', null],
  ])('%j is %j', (release, expected) => {
    expect(parseKernelVersion(release)).toEqual(expected);
  });

  test.each([
    [[5, 10], [5, 9, 99], 1],
    [[5, 10], [5, 10, 0, 0], 0],
    [[3, 10, 0, 1160], [3, 10, 0, 957], 1],
    [[4, 18], [5, 3], -1],
  ])('%j against %j is %i', (a, b, sign) => {
    expect(Math.sign(compareKernelVersions(a, b))).toBe(sign);
  });
});

describe('reasons', () => {
  test.each([
    [reason('lost', 'the connection was lost'), 'lost'],
    ['host-key-changed: x', 'host-key-changed'],
    ['no code at all', 'garbled'],
    [': empty', 'garbled'],
    ['invented: x', 'garbled'],
  ])('%j has code %s', (text, code) => {
    expect(reasonCode(text)).toBe(code);
  });
});
