import { defineCheck, fail, pass, unknown } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { unameA } from '../probes/uname-a.js';
import { nodeRequirements } from '../requirements/releases.js';
import { pageB, pageToday } from '../requirements/sources.js';

/** systemd's names (hostnamectl) and those of other kernels' uname, in the words of Linux' `uname -m`. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86-64', 'x86_64'],
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['ppc64-le', 'ppc64le'],
]);
const plain = (name: string): string => ALIASES.get(name) ?? name;

const SAYS = 'An x86-64, arm64, ppc64le or s390x processor.';

/** Calico's images are built for four processors; no other can start them. */
export const architecture = defineCheck({
  id: 'platform/architecture',
  title: 'Calico is built for this processor',
  why: 'Calico publishes its images for x86-64, arm64, ppc64le and s390x. On any other processor its containers do not start ("exec format error").',
  sources: [pageB('B1', 'node-requirements', SAYS), pageToday('node-requirements', SAYS)],
  severity: 'required',
  waivable: false,
  breaks: ['everything: no component of Calico starts on this node'],
  needs: {},
  witnesses: { unameA, hostnamectl },
  judge: ({ unameA: uname, hostnamectl: control }, { intent }) => {
    const said = [uname?.machine ?? '', control?.architecture ?? ''].filter((name) => name !== '');
    const [machine, other] = [...new Set(said.map(plain))];
    if (machine === undefined) {
      return unknown(
        reason('garbled', 'no output names the processor'),
        'Give uname-a.txt (uname -a).',
      );
    }
    if (other !== undefined) {
      return unknown(
        reason('garbled', `uname says ${machine}, hostnamectl says ${other}`),
        'Give outputs of one node.',
      );
    }
    const { architectures } = nodeRequirements(intent.calico);
    return architectures.includes(machine)
      ? pass(machine)
      : fail(machine, `one of ${architectures.join(', ')}`);
  },
});
