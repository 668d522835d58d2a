import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

export type Selinux = {
  /** Now: `absent` when the kernel runs without it. */
  readonly now: 'enforcing' | 'permissive' | 'absent';
  /** SELINUX= of /etc/selinux/config: after the next start. Empty when there is no such file. */
  readonly configured: string;
};

const SCRIPT = `if [ -e /sys/fs/selinux/enforce ]; then read -r v </sys/fs/selinux/enforce || v=; printf 'enforce %s\\n' "$v"; else echo absent; fi
if [ -r /etc/selinux/config ]; then
  while read -r l; do
    case $l in SELINUX=*) printf 'config %s\\n' "\${l#SELINUX=}" ;; esac
  done </etc/selinux/config
fi
echo end`;

const NOW: Readonly<Record<string, Selinux['now']>> = {
  'enforce 1': 'enforcing',
  'enforce 0': 'permissive',
  absent: 'absent',
};

function parse(stdout: string): Selinux {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.pop() !== 'end') throw new ProbeParseError('it does not end with "end"');
  const first = lines[0] ?? '';
  const now = Object.hasOwn(NOW, first) ? NOW[first] : undefined;
  if (now === undefined) throw new ProbeParseError('it does not say whether SELinux is there');
  const configured = lines.findLast((line) => line.startsWith('config '))?.slice(7, 40) ?? '';
  return { now, configured: configured.trim().toLowerCase() };
}

/** Whether SELinux enforces now, and after the next start. */
export const selinux = defineProbe<Selinux>({
  id: 'selinux',
  command: 'getenforce; grep ^SELINUX= /etc/selinux/config',
  script: SCRIPT,
  rootCommands: [],
  timeoutSeconds: 5,
  maxBytes: 4096,
  fields: { now: 'plain', configured: 'plain' },
  parse: ({ stdout }) => parse(stdout),
});
