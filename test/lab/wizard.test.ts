import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { tryRun } from '../../scripts/lab/run.js';
import { builtCli, runCli } from '../helpers/built.js';
import { Pty } from '../helpers/pty.js';
import { KEY, pasted } from '../helpers/screen.js';
import { makeKey } from '../helpers/sshd.js';
import { auditLab, calicoReady, intentFile, listing } from './lab-cli.js';
import { describeLab } from './lab-helper.js';

const JOURNAL = /^\/var\/lib(\/calico-ready(\/|\s)| )/;
const NODES = ['node-1', 'node-2', 'node-3'];
/** A survey of three nodes, with other work on their machine. */
const SURVEY_MS = 60_000;
const LIMIT_MS = 240_000;
const ROOT = new URL('../..', import.meta.url).pathname;

describeLab('the wizard on real nodes', { nodes: 3 }, (lab) => {
  let intent = '';
  let home = '';
  let signKey = '';
  let wizard: Pty | undefined;
  const before = new Map<string, string>();

  const start = async (...args: readonly string[]): Promise<Pty> => {
    wizard = new Pty(process.execPath, [await builtCli(), ...args], {
      env: { HOME: home },
      cwd: home,
    });
    return wizard;
  };
  /** An operator with an empty session, and nodes as they were, whatever an earlier try left. */
  const afresh = async (): Promise<void> => {
    if (home !== '') await calicoReady(lab(), 'undo', '--all');
    home = mkdtempSync(join(lab().dir, 'operator-'));
  };
  const bundle = (): string => join(home, 'fleet.tar.gz');

  beforeAll(async () => {
    intent = intentFile(lab());
    signKey = join(lab().dir, 'sign');
    makeKey(signKey, 'ed25519');
    await lab().break('node-1', 'firewalld');
    await lab().break('node-2', 'networkmanager-plain-equals');
    for (const name of NODES) before.set(name, await listing(lab(), name, JOURNAL));
  });
  afterEach(async () => {
    await wizard?.close();
  });

  /** Steps 1 to 3 from an empty session: the nodes pasted, the intent set, each host key compared and accepted. */
  const reach = async (screen: Pty): Promise<void> => {
    await screen.waitForText(/Nodes {2}1\/9[^]*No node yet[^]*Ctrl-C leave/);
    const hosts = lab().nodes.map(({ address }) => `lab@${address}`);
    await screen.go(pasted(`${hosts.join('\n')}\n`), /3 nodes[^]*Enter go on/);
    await screen.go(KEY.enter, /Intent {2}2\/9/);
    await screen.go(KEY.down, /❯ Data plane/);
    await screen.go(KEY.down, /❯ Encapsulation {2}‹ ipip ›/);
    await screen.go(KEY.right, /‹ ipip-cross-subnet ›/);
    await screen.go(KEY.right, /‹ vxlan ›/);
    await screen.go(KEY.down, /❯ BGP +‹ yes ›/);
    await screen.go(KEY.space, /❯ BGP +‹ no ›/);
    await screen.go(KEY.enter, /Access {2}3\/9/);
    await screen.go(KEY.down, /❯ Key files/);
    screen.press(lab().identity);
    await screen.go(KEY.enter, /❯ Become root/);
    await screen.go(KEY.enter, /3 new host keys to answer[^]*y accept/);
    for (const { address } of lab().nodes.slice(0, 1)) {
      const shown = new RegExp(`${address.replaceAll('.', '\\.')}:22 shows a ssh-ed25519 key`);
      expect(screen.text()).toMatch(shown);
    }
    await screen.go('y', /2 new host keys to answer/);
    await screen.go('a', /3 nodes, 3 open[^]*Enter survey the nodes/);
  };

  const survey = async (screen: Pty): Promise<void> => {
    await screen.go(KEY.enter, /Survey {2}4\/9/);
    await screen.waitForText(/3 nodes, 3 answered[^]*Enter to the findings/, SURVEY_MS);
    await screen.go(KEY.enter, /Findings {2}5\/9[^]*The fleet is/);
  };

  test(
    'takes three nodes from not ready to ready, key by key, and hands over a signed bundle',
    async () => {
      await afresh();
      const screen = await start();
      await reach(screen);
      await survey(screen);
      expect(screen.text()).toMatch(/The fleet is NOT READY: 4 failed, /);
      await screen.go(KEY.down, /❯ ✖ failed +firewall\/firewalld/);
      await screen.go(KEY.right, /firewall\/firewalld {2}\(required\)[^]*Enter raw output/);
      await screen.go(KEY.enter, /was judged on \d+ outputs/);
      await screen.go(KEY.enter, /\$ [^]*exit status \d+[^]*Standard output/);
      await screen.go(KEY.esc, /was judged on/);
      await screen.go(KEY.esc, /Enter raw output/);
      const disruptive = /❯ \[ \] +offered +\S+ +disruptive +firewall/;
      expect(await screen.go('m', /Fixes {2}7\/9[^]*4 fixes offered, 0 marked/)).toMatch(
        disruptive,
      );

      await screen.go(KEY.up, /❯ \[ \] +offered +\S+ +safe/);
      await screen.go('v', /\+\+\+ \/etc\/NetworkManager\/conf\.d\/zz-calico-ready\.conf/);
      await screen.go(KEY.esc, /v view/);
      await screen.go(KEY.space, /1 marked/);
      await screen.go(KEY.down, disruptive);
      await screen.go(KEY.space, /Type \S+ to agree:/);
      const word = /Type (\S+) to agree:/.exec(screen.text())?.[1] ?? '';
      await screen.go(`not-${word}`, new RegExp(`agree: .*not-${word}`));
      await screen.go(KEY.enter, /Nothing was agreed to/);
      screen.press(word);
      await screen.go(KEY.enter, /2 marked/);
      await screen.go(KEY.down, /❯ \[ \] +offered/);
      await screen.go(KEY.space, /3 marked/);
      await screen.go(KEY.down, /❯ \[ \] +offered/);
      await screen.go(KEY.space, /4 marked/);
      await screen.go('a', /Enter applies now/);
      await screen.go(KEY.enter, /4 fixes offered/);
      await screen.waitForText(/(VERIFIED[^]*){4}/, 60_000);

      await screen.go(KEY.enter, /Sign-off {2}8\/9/);
      await screen.waitForText(
        /The fleet is ready: nothing blocks[^]*kernel\/ipset[^]*Enter to the export/,
      );
      await screen.go(KEY.enter, /Export {2}9\/9[^]*❯ Bundle[^]*Nothing is written yet/);
      screen.press(KEY.ctrlU);
      screen.press('fleet.tar.gz');
      await screen.go(KEY.enter, /fleet\.tar\.gz[^]*❯ Signed with/);
      await screen.go(KEY.down, /❯ Another key/);
      screen.press(signKey);
      await screen.go(KEY.enter, /Signed with +\S*sign[^]*❯ Signer/);
      screen.press(KEY.ctrlU);
      screen.press('ops@example.com');
      await screen.go(KEY.enter, /Signer +ops@example\.com[^]*Enter write the bundle/);
      await screen.go(KEY.enter, /Exported[^]*fleet\.tar\.gz[^]*Enter finish and leave/);
      screen.press(KEY.enter);
      expect(await screen.exit()).toEqual({ code: 0, modesRestored: true });
      expect([screen.alternate, screen.cursorShown]).toEqual([false, true]);
    },
    LIMIT_MS,
  );

  test('and the nodes agree: NetworkManager, firewalld, and an audit from outside', async () => {
    expect((await auditLab(lab(), '--intent', intent)).code).toBe(0);
    for (const name of NODES) {
      const config = await lab().ssh(name, 'sudo NetworkManager --print-config');
      expect(config.stdout).toMatch(/^unmanaged-devices=.*interface-name:vxlan\.calico/m);
      const made = await lab().ssh(
        name,
        'sudo ip link add cali0123456789a type veth peer name peer0 && nmcli -t -f DEVICE,STATE device; sudo ip link delete cali0123456789a',
      );
      expect(made.stdout).toMatch(/^cali0123456789a:unmanaged$/m);
    }
    const firewalld = await lab().ssh('node-1', 'systemctl is-active firewalld');
    expect(firewalld.stdout).toBe('inactive\n');
  });

  test('and the bundle verifies with and without this tool', async () => {
    const signers = `${bundle()}.allowed-signers`;
    const who = ['--allowed-signers', signers, '--signer', 'ops@example.com'];
    expect(await runCli(['verify', bundle(), ...who])).toMatchObject({ code: 0 });
    const script = join(ROOT, 'scripts/verify.sh');
    expect(await tryRun('sh', [script, bundle(), signers, 'ops@example.com'])).toMatchObject({
      code: 0,
    });
    const byHand = await tryRun('sh', [
      '-euc',
      'cd "$(mktemp -d -p "$1")" && tar -xzf "$2" && cd ./* && ' +
        'ssh-keygen -Y verify -f "$3" -I ops@example.com -n calico-ready-bundle -s SHA256SUMS.sig <SHA256SUMS && ' +
        'sha256sum --check --strict --quiet SHA256SUMS && cat report.json',
      'by-hand',
      ...[home, bundle(), signers],
    ]);
    expect(byHand.code, byHand.stderr).toBe(0);
    expect(byHand.stdout).toMatch(/"readiness": ?"ready"/);
    const bytes = readFileSync(bundle());
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(`${bundle()}.changed`, bytes);
    const changed = await runCli(['verify', `${bundle()}.changed`, ...who]);
    expect([changed.code, changed.stdout]).toEqual([4, '']);
    expect(changed.stderr).toMatch(/^calico-ready: .+\.\n {2}.+\n$/);
  });

  test('undo brings back every file, mode, owner and service, and the audit ends 1 again', async () => {
    expect((await calicoReady(lab(), 'undo', '--all')).code).toBe(0);
    for (const name of NODES) expect(await listing(lab(), name, JOURNAL)).toBe(before.get(name));
    const firewalld = 'systemctl is-active firewalld; systemctl is-enabled firewalld';
    expect((await lab().ssh('node-1', firewalld)).stdout).toBe('active\nenabled\n');
    expect((await auditLab(lab(), '--intent', intent)).code).toBe(1);
  });

  const expectLeft = async (screen: Pty): Promise<void> => {
    expect(await screen.exit()).toEqual({ code: 130, modesRestored: true });
    expect([screen.alternate, screen.cursorShown]).toEqual([false, true]);
    expect(screen.text()).toContain('calico-ready --resume');
  };

  test(
    'Ctrl-C in a text field and in the middle of a survey keeps the work',
    async () => {
      await afresh();
      const first = await start();
      await reach(first);
      await first.go(KEY.enter, /Survey {2}4\/9[^]*being asked/);
      first.press(KEY.ctrlC);
      await expectLeft(first);
      await first.close();

      const second = await start();
      await second.waitForText(/Resume[^]*3 nodes, stopped at Survey[^]*❯ Go on with it/);
      await second.go(KEY.enter, /Survey {2}4\/9[^]*3 nodes, 3 not asked/);
      await second.go('1', /Nodes {2}1\/9[^]*198\.18\./);
      await second.go('half-typed', /half-typed/);
      second.resize(60, 15);
      await second.waitForText(/half-typed/);
      second.press(KEY.ctrlC);
      await expectLeft(second);
      await second.close();

      const third = await start('--resume');
      await third.waitForText(/Nodes {2}1\/9[^]*3 nodes[^]*198\.18\./);
      third.press(KEY.ctrlC);
      await expectLeft(third);
    },
    LIMIT_MS,
  );

  test(
    'Ctrl-C in the middle of a change leaves a node that undo brings back',
    async () => {
      await afresh();
      const first = await start();
      await reach(first);
      await survey(first);
      await first.go('m', /Fixes {2}7\/9[^]*4 fixes offered/);
      await first.go(KEY.space, /1 marked/);
      await first.go('a', /Enter applies now/);
      await first.go(KEY.enter, /applying/);
      first.press(KEY.ctrlC);
      await expectLeft(first);
      await first.close();

      const second = await start('--resume');
      await second.waitForText(/Fixes {2}7\/9[^]*(UNCERTAIN|VERIFIED|offered)/);
      second.press(KEY.ctrlC);
      await expectLeft(second);
      await calicoReady(lab(), 'undo', '--all');
      expect(await listing(lab(), 'node-1', JOURNAL)).toBe(before.get('node-1'));
    },
    LIMIT_MS,
  );
});
