import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../checks/index.js';
import { allProbes } from '../../src/engine/plan.js';
import { readRecordedFolder } from '../../src/transport/recorded.js';

const PROBES = allProbes(catalogue);
const recorded = (node: string, probe: string): string =>
  readFileSync(new URL(`../nodes/${node}/${probe}.txt`, import.meta.url), 'utf8');
const UNAME = recorded('debian-12-lab-plain', 'uname-a');
const RELEASE = recorded('debian-12-lab-plain', 'os-release');
const STATUS = recorded('debian-12-lab-plain', 'proc-1-status');
const PRINTED = recorded('debian-12-lab-plain', 'networkmanager-print-config');

let root = '';
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mess-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

async function read(files: Readonly<Record<string, string | Buffer>>) {
  const path = join(root, String((count += 1)));
  mkdirSync(join(path, 'n1'), { recursive: true });
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(path, 'n1', `${name}.txt`), text);
  const warnings: string[] = [];
  const [node] = await readRecordedFolder(path, PROBES, (text) => warnings.push(text));
  const said = Object.fromEntries(
    (node?.evidence ?? []).map(({ probe, stdout }) => [probe, Buffer.from(stdout).toString()]),
  );
  return { said, warnings };
}

// The mess around the recorded texts is composed by hand.
describe('around a pasted output', () => {
  test.each<[string, string | Buffer]>([
    ['a code fence', `\`\`\`\n${UNAME}\`\`\`\n`],
    ['a code fence with a language, and a prompt', `\`\`\`console\n$ uname -a\n${UNAME}\`\`\``],
    ['an open code fence', `~~~\n${UNAME}`],
    ['blank lines in front', `\n\n  \n${UNAME}`],
    ['a sudo password', `root@n1:~# sudo uname -a\n[sudo] password for me: \n${UNAME}`],
    ['a sudo password in German', `$ sudo uname -a\n[sudo] Passwort für me:\n${UNAME}`],
    ['a warning of sudo', `sudo: unable to resolve host n1: Name or service not known\n${UNAME}`],
    ['colours', `\u001b[01;32mroot@n1\u001b[00m:\u001b[01;34m~\u001b[00m# uname -a\n${UNAME}`],
    [
      'a title and the modes of a paste',
      `\u001b]0;root@n1: ~\u0007\u001b[?2004hroot@n1:~# uname -a\n\u001b[?2004l${UNAME}`,
    ],
    [
      'a login banner',
      `Welcome to Debian!\nLast login: Sun Nov 22 01:00:00 2026\nroot@n1:~# uname -a\n${UNAME}root@n1:~# exit\nlogout\nConnection to n1 closed.\n`,
    ],
    [
      'a line of another program',
      `Warning: Permanently added 'n1' to the list of known hosts.\n${UNAME}`,
    ],
    ['an environment', `root@n1:~# LC_ALL=C uname -a\n${UNAME}`],
    ['UTF-16 in the other order', Buffer.from(`\ufeff${UNAME}`, 'utf16le').swap16()],
    ['UTF-16 without its mark', Buffer.from(UNAME, 'utf16le')],
    ['line ends of an old Macintosh', UNAME.replaceAll('\n', '\r')],
    [
      'a return behind the modes of a paste',
      `\u001b[?2004hroot@n1:~# uname -a\n\u001b[?2004l\r${UNAME}`,
    ],
    ['a prompt of zsh', `n1% uname -a\n${UNAME}n1% \n`],
    ['a prompt of starship', `❯ uname -a\n${UNAME}❯\n`],
    ['a prompt of oh-my-zsh', `➜  ~ uname -a\n${UNAME}➜  ~\n`],
    ['the same in a branch', `➜  repo git:(main) ✗ sudo uname -a\n${UNAME}`],
    ['a login shell of sudo', `root@n1:~$ sudo -i uname -a\n${UNAME}root@n1:~$ \n`],
    ["Ansible's heading", `n1 | CHANGED | rc=0 >>\n${UNAME}`],
    [
      'what script(1) writes around a session',
      `Script started on 2026-11-22 01:00:00+00:00 [TERM="xterm"]\nroot@n1:~# uname -a\n${UNAME}root@n1:~# exit\nexit\n\nScript done on 2026-11-22 01:00:01+00:00 [COMMAND_EXIT_CODE="0"]\n`,
    ],
    ['two carriage returns', UNAME.replaceAll('\n', '\r\r\n')],
  ])('%s is left out', async (_, text) => {
    const { said, warnings } = await read({ 'uname-a': text });
    expect(said['uname-a']?.trim()).toBe(UNAME.trim());
    expect(warnings).toEqual([]);
  });
});

test.each(['ip-addr', 'ip-route'])('a banner in front of %s is left out', async (probe) => {
  const text = {
    'ip-addr': recorded('debian-12-lab-plain', 'ip-addr'),
    'ip-route': 'default via 10.0.2.2 dev eth0 \n10.0.2.0/24 dev eth0 scope link \n',
  }[probe];
  const { said } = await read({ [probe]: `Last login: Sun Nov 22 01:00:00 2026\n${text ?? ''}` });
  expect(said[probe]).toBe(text);
});

test('the first line of an output that looks like a prompt stays', async () => {
  expect(PRINTED.startsWith('# NetworkManager configuration:')).toBe(true);
  const { said } = await read({ 'networkmanager-print-config': PRINTED });
  expect(said['networkmanager-print-config']).toBe(PRINTED);
  const typed = await read({
    'networkmanager-print-config': `# NetworkManager --print-config\n${PRINTED}`,
  });
  expect(typed.said['networkmanager-print-config']).toBe(PRINTED);
});

test('a whole session in one file is taken apart', async () => {
  const session = `root@n1:~# cat /etc/os-release\n${RELEASE}root@n1:~# uname -a\n${UNAME}root@n1:~# cat /proc/1/status\n${STATUS}root@n1:~# \n`;
  const { said, warnings } = await read({ 'uname-a': session });
  expect(said).toEqual({ 'uname-a': UNAME, 'os-release': RELEASE, 'proc-1-status': STATUS });
  expect(warnings).toHaveLength(2);
});

test('an output whose first prompt was not copied is not lost to the one behind it', async () => {
  const { said } = await read({ 'uname-a': `${RELEASE}root@n1:~# uname -a\n${UNAME}` });
  expect(said).toEqual({ 'uname-a': UNAME, 'os-release': RELEASE });
});

test('two outputs of one command in one file are not chosen from', async () => {
  const other = UNAME.replace(/ \d+\.\d+\.\d+\S*/, ' 3.0.0');
  const { said } = await read({ 'uname-a': `$ uname -a\n${UNAME}$ uname -a\n${other}` });
  expect(said['uname-a']).toContain(UNAME);
  expect(said['uname-a']).toContain(other.trim());
});
