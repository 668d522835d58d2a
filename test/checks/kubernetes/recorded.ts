import { readFileSync } from 'node:fs';

/** Text of a recording of this folder. */
export const recorded = (name: string): string =>
  readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

/** A node with nothing of Kubernetes on it, as the probes print it. */
export const BARE = {
  processes: 'end\n',
  'kubernetes-files': 'end\n',
  'kube-proxy-mode': 'end\n',
  'kubectl-cluster': 'none\nend\n',
  'kubelet-version': 'none\n',
} as const;
