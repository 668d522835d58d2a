/** Numbers of a kernel release, compared element by element as Felix does (facts.md 1.4). */
export type KernelVersion = readonly number[];

/**
 * Reads `uname -r` text: `6.1.0-18-cloud-amd64` is [6,1,0,18], `4.18.0-305.el8` is [4,18,0,305].
 * Null when it does not begin with at least major.minor, each below 100000.
 */
export function parseKernelVersion(release: string): KernelVersion | null {
  const match = /^(\d{1,5})\.(\d{1,5})(?:\.(\d{1,5}))?(?:-(\d{1,5}))?/.exec(release.trim());
  if (match === null) return null;
  const [, major, minor, patch = '0', build] = match;
  const numbers = [major, minor, patch, build].filter((part) => part !== undefined).map(Number);
  return numbers;
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`; missing numbers count as 0. */
export function compareKernelVersions(a: KernelVersion, b: KernelVersion): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
