import type { Fix } from '../../src/domain/fix.js';

export type SysctlSetting = {
  readonly key: string;
  readonly value: string;
  /** What it is now, for the undo; undefined when nobody could read it. */
  readonly now: string | undefined;
};

/** A value of /proc/sys as it may stand in a command: nothing that a shell would read. */
const isPlain = (text: string): boolean => /^[0-9][0-9 \t]{0,60}$/.test(text);

/**
 * A file of its own in /etc/sysctl.d whose name sorts after those of distributions, and the same at once. Undone, the
 * values that were found are set again.
 */
export function sysctlFix(
  way: string,
  summary: string,
  settings: readonly SysctlSetting[],
  disturbsNetwork = false,
): Fix {
  const path = `/etc/sysctl.d/zz-calico-ready-${way}.conf`;
  const lines = settings.map(({ key, value }) => `${key} = ${value}`);
  return {
    way,
    summary,
    kind: 'safe',
    loses: [],
    files: [{ path, content: `${lines.join('\n')}\n`, mode: '0644', expected: null }],
    units: [],
    commands: [`/sbin/sysctl -q -p ${path}`],
    undoCommands: settings.flatMap(({ key, now }) =>
      now !== undefined && isPlain(now) ? [`/sbin/sysctl -q -w ${key}=${now}`] : [],
    ),
    disturbsNetwork,
    needsReboot: false,
    byHandOnly: true,
    byHand: `Write ${lines.join(', ')} into ${path}, then run sysctl -p ${path}.`,
  };
}
