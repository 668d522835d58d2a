import { defineCheck, fail, pass, unknown, type Verdict } from '../../src/domain/check.js';
import { reason } from '../../src/domain/reason.js';
import { capshPrint, type Capsh } from '../probes/capsh-print.js';
import { proc1Status } from '../probes/proc-1-status.js';
import { pageB, pageToday } from '../requirements/sources.js';

// linux/capability.h
const CAP_SYS_ADMIN = 21n;
const EXPECTED = 'CAP_SYS_ADMIN in the bounding set of the first process';
const TO_KNOW = 'Give proc-1-status.txt (cat /proc/1/status), or capsh-print.txt of a root shell.';

/** A privileged container gets what the node's bounding set leaves, so only a root shell's set tells. */
function byCapsh({ uid, bounding, current }: Capsh): Verdict {
  if (uid !== 0) {
    const who = uid === null ? 'an unknown user' : `uid ${String(uid)}`;
    return unknown(
      reason('no-privilege', `capsh ran as ${who}, which tells nothing of root`),
      TO_KNOW,
    );
  }
  if (bounding === false) return fail('capsh as root: not in the bounding set', EXPECTED);
  if (current === true) return pass('capsh as root has CAP_SYS_ADMIN');
  if (bounding === null) return fail('capsh as root: CAP_SYS_ADMIN is not there', EXPECTED);
  if (current === null) return pass('capsh as root: CAP_SYS_ADMIN is in the bounding set');
  return unknown(
    reason('garbled', 'capsh ran as root without CAP_SYS_ADMIN, but has it in its bounding set'),
    TO_KNOW,
  );
}

const SAYS = 'Calico has CAP_SYS_ADMIN: it runs as root or in a privileged container.';

/** A machine that is itself a confined container (LXC and the like) has no such capability to give. */
export const capSysAdmin = defineCheck({
  id: 'privileges/cap-sys-admin',
  title: 'The node can give Calico CAP_SYS_ADMIN',
  why: 'Calico mounts file systems, enters network namespaces and loads programs, for which it needs CAP_SYS_ADMIN. On a node whose first process lacks it, not even a privileged container gets it.',
  sources: [pageB('B11', 'privileges', SAYS), pageToday('privileges', SAYS)],
  severity: 'required',
  waivable: true,
  rule: () =>
    'Passes when CapBnd of /proc/1/status has bit 21, else fails. Without that file capsh --print counts, if it ran as root; what another user sees of capabilities tells nothing.',
  disagreement:
    'None between the texts (2024-10-29 and 2025-12-08 say the same). Installation.nonPrivileged, meant to do without, is deprecated, unsupported and causes errors (operator API reference, read 2026-08-21), so that it is no way out.',
  breaks: ['everything: calico-node and its init containers fail'],
  needs: {},
  witnesses: { proc1Status, capshPrint },
  judge: ({ proc1Status: first, capshPrint: capsh }) => {
    if (first === undefined) {
      return capsh === undefined
        ? unknown(reason('not-run', 'neither was asked'), TO_KNOW)
        : byCapsh(capsh);
    }
    const words = `CapBnd of process 1 is ${first.bounding.toString(16).padStart(16, '0')}`;
    return ((first.bounding >> CAP_SYS_ADMIN) & 1n) === 1n
      ? pass(`${words}, with CAP_SYS_ADMIN`)
      : fail(`${words}, without CAP_SYS_ADMIN`, EXPECTED);
  },
});
