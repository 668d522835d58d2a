import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

export type FirstProcess = {
  /** The capability bounding set as a mask; bit 21 is CAP_SYS_ADMIN (linux/capability.h). */
  readonly bounding: bigint;
};

/** The first process: what it may not have, nothing on the node may have. */
export const proc1Status = defineProbe<FirstProcess>({
  id: 'proc-1-status',
  command: 'cat /proc/1/status',
  script: `[ -r /proc/1/status ] || { echo '/proc/1/status may not be read' >&2; exit 126; }
exec cat /proc/1/status`,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 16384,
  fields: { bounding: 'plain' },
  recognises: (stdout) => /^Name:/.test(stdout) && /^CapBnd:/m.test(stdout),
  parse: ({ stdout }) => {
    const pid = /^Pid:[\t ]{1,8}(\d{1,10})\s*$/m.exec(stdout)?.[1];
    if (pid !== undefined && pid !== '1') throw new ProbeParseError('that is not process 1');
    // Pid stands in front of these; the capabilities alone are what people pick out.
    if (pid === undefined && /^(?:Uid|Threads|SigQ|ShdPnd):/m.test(stdout))
      throw new ProbeParseError('its beginning was lost, which tells whose it is');
    // The kernel prints 16 digits (fs/proc/array.c, render_cap_t); fewer are a paste that was cut.
    const masks = [...stdout.matchAll(/^CapBnd:[\t ]{0,8}([0-9a-fA-F]{16})[\t \r]{0,8}$/gm)];
    const mask = masks[0]?.[1];
    if (mask === undefined || masks.length > 1) throw new ProbeParseError('it has no CapBnd line');
    return { bounding: BigInt(`0x${mask}`) };
  },
});
