import { basename } from 'node:path';
import { describeWith } from '../../helpers/require-tool.js';
import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clock } from '../../../checks/probes/clock.js';
import { cniDirectories } from '../../../checks/probes/cni-directories.js';
import { firewallCmdListAll } from '../../../checks/probes/firewall-cmd-list-all.js';
import { firewallCmdState } from '../../../checks/probes/firewall-cmd-state.js';
import { hostname } from '../../../checks/probes/hostname.js';
import { ipAddr } from '../../../checks/probes/ip-addr.js';
import { ipRoute } from '../../../checks/probes/ip-route.js';
import { networkmanagerConf } from '../../../checks/probes/networkmanager-conf.js';
import { networkmanagerPrintConfig } from '../../../checks/probes/networkmanager-print-config.js';
import { nmcliDevice } from '../../../checks/probes/nmcli-device.js';
import { nmcli } from '../../../checks/probes/nmcli.js';
import { systemctlStatusFirewalld } from '../../../checks/probes/systemctl-status-firewalld.js';
import { ProbeParseError } from '../../../src/domain/errors.js';
import type { AnyProbe } from '../../../src/domain/probe.js';

const PROBES: readonly AnyProbe[] = [
  clock,
  cniDirectories,
  firewallCmdListAll,
  firewallCmdState,
  hostname,
  ipAddr,
  ipRoute,
  networkmanagerConf,
  networkmanagerPrintConfig,
  nmcliDevice,
  nmcli,
  systemctlStatusFirewalld,
];

const SHELLS = [['/usr/bin/dash'], ['/usr/bin/bash', '--posix'], ['/usr/bin/busybox', 'sh']];

function run(shell: readonly string[], script: string) {
  const [program = '', ...options] = shell;
  return spawnSync(program, [...options, '-c', `as_root() { "$@"; }\n${script}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
}

for (const shell of SHELLS)
  describeWith(basename(shell[0] ?? ''), shell.join(' '), () => {
    test.each(
      [clock, cniDirectories, hostname, networkmanagerConf].map(
        (probe) => [probe.id, probe] as const,
      ),
    )('runs %s, and its parser takes the answer', (_id, probe) => {
      const { stdout, stderr, status } = run(shell, probe.script ?? '');
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      probe.parse({ stdout, stderr, exit: 0, receivedAt: 1 });
    });

    test('reads files of any content byte for byte', () => {
      const text = '[main]\n|bar\nprocess no\n\nfile 3 /x\r\n\tend without a newline';
      // The same script on a folder of this test's own.
      const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
      const script = (networkmanagerConf.script ?? '').replaceAll('/etc/NetworkManager', folder);
      const setUp = `mkdir ${folder}/conf.d; : >${folder}/conf.d/empty.conf; : >${folder}/conf.d/no.txt
printf '%s' "$T" >${folder}/conf.d/.hidden.conf; printf '%s\\n' "$T" >${folder}/NetworkManager.conf; ln -s /none ${folder}/conf.d/z.conf`;
      const { stdout } = run(shell, `T='${text}'\n${setUp}\n${script}\nrm -r ${folder}`);
      const { files } = networkmanagerConf.parse({ stdout, stderr: '', exit: 0, receivedAt: null });
      const own = files.filter(({ path }) => path.startsWith(folder));
      expect(
        Object.fromEntries(own.map((file) => [file.path.slice(folder.length), file.text])),
      ).toEqual({
        '/conf.d/empty.conf': '',
        '/conf.d/.hidden.conf': text,
        '/conf.d/z.conf': null,
        '/NetworkManager.conf': `${text}\n`,
      });
    });
  });

const line = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    'DEVICE  TYPE  STATE  CONNECTION',
    'cali1  veth  unmanaged  --',
    'eth0: connected to x',
    '[keyfile]',
    'file 3 /a',
    '|abc',
    'process yes',
    'end',
    'directory directory /etc/cni/net.d',
    'entry x',
    'config /a',
    '|bin_dirs = ["',
    'public (active)',
    '  target: default',
    '--- permanent',
    '2: eth0: <UP>',
    '    inet 10.0.0.1/24',
    'blackhole 10.0.0.0/8 proto',
    'LoadState=loaded',
    'ActiveState=active',
    'SubState=running',
    '   Active: active',
    '__proto__ x',
    'constructor x',
  ),
);

test.each(PROBES.map((probe) => [probe.id, probe] as const))(
  '%s throws nothing but ProbeParseError',
  (_id, probe) => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.constantFrom(null, 0, 8, 252, 253),
        (lines, exit) => {
          try {
            probe.parse({ stdout: lines.join('\n'), stderr: '', exit, receivedAt: 5 });
          } catch (error) {
            expect(error).toBeInstanceOf(ProbeParseError);
          }
        },
      ),
      { numRuns: 300 },
    );
  },
);
