import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkmanagerConf } from '../../checks/probes/networkmanager-conf.js';
import { processes } from '../../checks/probes/processes.js';
import { describeAsRoot } from '../helpers/require-tool.js';

/** How deep below the node a process runs: 0 on it, 1 in a pod or container, 2 in a pod of a node made of a container. */
type Depth = 0 | 1 | 2;

// Real processes of the kernel's own PID namespaces; the daemons are copies of sleep(1) under another name. All is in
// a namespace of the test's, so that no other test sees them.
const START = `start() {
  case $1 in
    0) "$2" 600 & ;;
    1) unshare -pf --kill-child "$2" 600 & ;;
    2) unshare -pf --kill-child unshare -pf --kill-child "$2" 600 & ;;
  esac
}
seen() { cat /proc/[0-9]*/comm 2>/dev/null | grep -qx "$1"; }
start "$1" "$2"
i=0
until seen "\${2##*/}" || [ $i -gt 500 ]; do i=$((i + 1)); kill -0 $! || exit 1; done
`;

describeAsRoot('a process of a container is not one of the node', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'calico-ready-processes-'));
    const sleep = execFileSync('sh', ['-c', 'command -v sleep'], { encoding: 'utf8' }).trim();
    for (const name of ['NetworkManager', 'kubelet', 'kube-proxy'])
      copyFileSync(sleep, join(folder, name));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function answer(script: string, depth: Depth, name: string): string {
    const text = `${START}${script}`;
    const words = ['-mpf', '--kill-child', '--mount-proc', 'dash', '-c', text, 'sh'];
    const { stdout, stderr } = spawnSync('unshare', [...words, String(depth), join(folder, name)], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stderr).toBe('');
    return stdout;
  }

  test.each<[Depth, boolean]>([
    [0, true],
    [1, false],
    [2, false],
  ])('NetworkManager %i namespaces below the node: %s', (depth, runs) => {
    const stdout = answer(networkmanagerConf.script ?? '', depth, 'NetworkManager');
    const { process } = networkmanagerConf.parse({ stdout, stderr: '', exit: 0, receivedAt: null });
    expect(process).toBe(runs);
  });

  test.each<[string, Depth, boolean, string]>([
    ['kubelet', 0, true, 'the node’s own'],
    ['kubelet', 1, false, 'one of a node that is a container here'],
    ['kube-proxy', 0, true, 'a service of the node'],
    ['kube-proxy', 1, true, 'a pod of the node'],
    ['kube-proxy', 2, false, 'a pod of a node that is a container here'],
  ])('%s %i namespaces below the node counts: %s (%s)', (name, depth, counts) => {
    const stdout = answer(processes.script ?? '', depth, name);
    const all = processes.parse({ stdout, stderr: '', exit: 0, receivedAt: null });
    expect(all.map((one) => one.name)).toEqual(counts ? [name] : []);
  });
});
