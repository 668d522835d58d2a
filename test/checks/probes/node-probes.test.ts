import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bootConfig } from '../../../checks/probes/boot-config.js';
import { capshPrint } from '../../../checks/probes/capsh-print.js';
import { hostnamectl } from '../../../checks/probes/hostnamectl.js';
import { kernelSigns } from '../../../checks/probes/kernel-signs.js';
import { lsmod } from '../../../checks/probes/lsmod.js';
import { modprobeIpip, modprobeN } from '../../../checks/probes/modprobe-n.js';
import { modprobeRules } from '../../../checks/probes/modprobe-rules.js';
import { modulesBuiltin } from '../../../checks/probes/modules-builtin.js';
import { modulesDep } from '../../../checks/probes/modules-dep.js';
import { osRelease } from '../../../checks/probes/os-release.js';
import { proc1Status } from '../../../checks/probes/proc-1-status.js';
import { procModules } from '../../../checks/probes/proc-modules.js';
import { procNetTables } from '../../../checks/probes/proc-net-tables.js';
import { sysModule } from '../../../checks/probes/sys-module.js';
import { unameA } from '../../../checks/probes/uname-a.js';
import { unameR } from '../../../checks/probes/uname-r.js';
import { ProbeParseError } from '../../../src/domain/errors.js';
import type { AnyProbe } from '../../../src/domain/probe.js';
import { recorded } from '../../helpers/recorded-node.js';
import { processorMs } from '../../helpers/processor-time.js';

const HERE = 'shared-kernel-without-modules';
const TRIXIE = 'debian-trixie-amd64';
/** Each probe with a text that it reads, from which the property test makes damaged ones. */
const PROBES: readonly (readonly [AnyProbe, string])[] = [
  [unameA, recorded(HERE, 'uname-a')],
  [unameR, recorded(HERE, 'uname-r')],
  [osRelease, recorded(HERE, 'os-release')],
  [
    hostnamectl,
    'Static hostname: a\nOperating System: Debian\nKernel: Linux 6.1.0\nArchitecture: x86-64\n',
  ],
  [bootConfig, recorded(TRIXIE, 'boot-config')],
  [modulesDep, recorded(TRIXIE, 'modules-dep')],
  [modulesBuiltin, recorded(TRIXIE, 'modules-builtin')],
  [modprobeN, recorded(TRIXIE, 'modprobe-n')],
  [modprobeIpip, 'insmod /lib/modules/6.1/kernel/net/ipv4/ipip.ko\n'],
  [modprobeRules, 'rules against modules:\n/etc/modprobe.d/a.conf:install vxlan /bin/false\n'],
  [kernelSigns, recorded(HERE, 'kernel-signs')],
  [sysModule, recorded(HERE, 'sys-module')],
  [procNetTables, recorded(HERE, 'proc-net-tables')],
  [lsmod, 'Module                  Size  Used by\nvxlan 90112 0\n'],
  [procModules, 'vxlan 90112 0 - Live 0x0000000000000000\n'],
  [proc1Status, recorded('capabilities', 'status-full')],
  [capshPrint, recorded('capabilities', 'capsh-root')],
];

const read = (probe: AnyProbe, stdout: string, exit: number | null = 0): unknown =>
  probe.parse({ stdout, stderr: '', exit, receivedAt: null });

/** The answer, or null for the one error that a parser may throw. */
function survive(probe: AnyProbe, stdout: string, exit: number | null): unknown {
  try {
    return read(probe, stdout, exit);
  } catch (error) {
    expect(error).toBeInstanceOf(ProbeParseError);
    return null;
  }
}

describe.each(PROBES.map(([probe, text]) => ({ id: probe.id, probe, text })))(
  '$id',
  ({ probe, text }) => {
    test('reads what it recorded', () => {
      expect(read(probe, text)).toBeDefined();
    });

    test('recognises its own text and none of the others', () => {
      if (probe.recognises === undefined) return;
      expect(probe.recognises(text)).toBe(true);
      for (const [other, otherText] of PROBES) {
        if (other.id !== probe.id)
          expect([other.id, probe.recognises(otherText)]).toEqual([other.id, false]);
      }
    });

    test('throws nothing but ProbeParseError on any text', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(0, null, 1), (noise, exit) => {
          survive(probe, noise, exit);
        }),
      );
    });

    test('throws nothing but ProbeParseError on a damaged recording', () => {
      const cut = fc.record({ at: fc.nat(text.length), length: fc.nat(400), noise: fc.string() });
      fc.assert(
        fc.property(cut, fc.constantFrom(0, null), ({ at, length, noise }, exit) => {
          survive(probe, text.slice(0, at) + noise + text.slice(at + length), exit);
        }),
      );
    });

    test('an empty output is no answer', () => {
      expect(survive(probe, '', null)).toBeNull();
    });

    test('time grows with the length of one endless line, not faster', () => {
      const line = (unit: string, size: number): string =>
        unit.repeat(Math.ceil(size / unit.length));
      const cost = (unit: string, size: number): number => {
        const input = line(unit, size);
        return processorMs(() => {
          survive(probe, input, 0);
          probe.recognises?.(input);
        });
      };
      for (const unit of ['a', ' ', 'CONFIG_', '=+-,', '/x.ko']) {
        const small = Math.max(1, cost(unit, 200_000));
        // Eight times the text: quadratic would be 64 times the time. The generous bound keeps a busy machine quiet.
        expect(cost(unit, 1_600_000)).toBeLessThan(40 * small + 400);
      }
    });
  },
);
