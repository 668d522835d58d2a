import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { leftovers } from '../../../checks/cni/leftovers.js';
import { testCheck } from '../../helpers/check-tester.js';

const real = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
const FRESH = real('host-files-fresh');
const QUIET = real('processes-fresh');
/** The recorded answer with one path there: changed by hand. */
const withPath = (path: string, kind = 'file'): string =>
  FRESH.replace(`missing ${path}\n`, `${kind} ${path}\n`);

testCheck(leftovers, [
  {
    name: 'a fresh node passes',
    says: { 'host-files': FRESH, processes: QUIET },
    expect: { status: 'pass' },
    fixes: [],
  },
  {
    name: 'an old nodename without Calico warns',
    says: { 'host-files': withPath('/var/lib/calico/nodename'), processes: QUIET },
    expect: { status: 'warn', found: expect.stringContaining('/var/lib/calico/nodename') },
    fixes: ['set-aside'],
  },
  {
    name: 'and is right while Calico runs',
    says: {
      'host-files': withPath('/var/lib/calico/nodename'),
      processes: 'process 41 calico-node\nend\n',
    },
    expect: { status: 'pass' },
  },
  {
    name: 'and is unknown when nobody looked at processes',
    says: { 'host-files': withPath('/opt/cni/bin/calico') },
    expect: { status: 'unknown' },
  },
  {
    name: 'files of flannel warn beside a Calico that runs',
    says: {
      'host-files': withPath('/var/lib/cni/flannel', 'directory'),
      processes: 'process 41 calico-node\nend\n',
    },
    expect: { status: 'warn', found: expect.stringContaining('flannel') },
  },
  {
    name: 'and are right under network: flannel',
    says: { 'host-files': withPath('/run/flannel/subnet.env'), processes: QUIET },
    intent: { network: 'flannel' },
    expect: { status: 'pass' },
  },
  { name: 'nothing asked is unknown', says: {}, expect: { status: 'unknown' } },
]);
