import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { synchronised } from '../../../checks/time/synchronised.js';
import { testCheck } from '../../helpers/check-tester.js';

const container = readFileSync(
  new URL('recorded/time-sync-container.txt', import.meta.url),
  'utf8',
);

// Recorded in a container too; without the line that says so.
const unsynchronised = readFileSync(
  new URL('recorded/time-sync-busybox.txt', import.meta.url),
  'utf8',
).replace('container\n', '');

// All but the recorded ones are composed by hand after the words of systemd and chrony.
testCheck(synchronised, [
  {
    name: 'a container is not judged',
    says: { 'time-sync': container },
    expect: { status: 'not-applicable' },
  },
  {
    name: 'yes passes',
    says: { 'time-sync': 'NTPSynchronized=yes\n' },
    expect: { status: 'pass' },
  },
  { name: 'no warns', says: { 'time-sync': 'NTPSynchronized=no\n' }, expect: { status: 'warn' } },
  {
    name: 'chrony knows best',
    says: { 'time-sync': 'NTPSynchronized=no\nLeap status     : Normal\n' },
    expect: { status: 'pass', found: expect.stringContaining('chronyc') },
  },
  {
    name: 'chrony without a source warns',
    says: { 'time-sync': 'NTPSynchronized=yes\nLeap status     : Not synchronised\n' },
    expect: { status: 'warn' },
  },
  {
    name: 'where neither tool is, BusyBox tells what the kernel says',
    says: { 'time-sync': unsynchronised },
    expect: { status: 'warn', found: 'the clock is not synchronised, says adjtimex' },
  },
  {
    name: 'and passes where it says nothing of UNSYNC',
    says: { 'time-sync': unsynchronised.replace('64 (UNSYNC)', '8193 (PLL | NANO)') },
    expect: { status: 'pass', found: 'the clock is synchronised, says adjtimex' },
  },
  {
    name: 'no tool is unknown',
    says: { 'time-sync': { exit: 127, stderr: 'neither timedatectl nor chronyc is installed' } },
    expect: { status: 'unknown' },
  },
  { name: 'garbage is unknown', says: { 'time-sync': 'x' }, expect: { status: 'unknown' } },
]);
