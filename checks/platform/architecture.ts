import { defineCheck, fail, pass, unknown } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { bootConfig } from '../probes/boot-config.js';
import { hostnamectl } from '../probes/hostnamectl.js';
import { unameA } from '../probes/uname-a.js';
import { nodeRequirements } from '../requirements/releases.js';
import { pageB, pageToday } from '../requirements/sources.js';
import { machineOfConfig, machinesOf } from './machines.js';

const SAYS = 'An x86-64, arm64, ppc64le or s390x processor.';

/** Calico's images are built for four processors; no other can start them. */
export const architecture = defineCheck({
  id: 'platform/architecture',
  title: 'Calico is built for this processor',
  why: 'Calico publishes its images for x86-64, arm64, ppc64le and s390x. On any other processor its containers do not start ("exec format error").',
  sources: [pageB('B1', 'node-requirements', SAYS), pageToday('node-requirements', SAYS)],
  rule: ({ calico }) =>
    `A processor that is one of ${nodeRequirements(calico).architectures.join(', ')} (as uname -m names it) passes, any other fails. Where neither uname nor hostnamectl names it, the running kernel's configuration tells what it was built for.`,
  disagreement:
    'The pages of all releases name the same four processors. Calico 3.31 asks for more of x86-64 than they say: platform/cpu-level judges that.',
  severity: 'required',
  waivable: false,
  breaks: ['everything: no component of Calico starts on this node'],
  needs: {},
  witnesses: { unameA, hostnamectl, bootConfig },
  judge: ({ unameA: uname, hostnamectl: control, bootConfig: config }, { intent }) => {
    const [named, other] = machinesOf(uname, control);
    const machine = named ?? machineOfConfig(config);
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
