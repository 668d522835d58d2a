import { ProbeParseError } from '../../src/domain/errors.js';
import { defineProbe } from '../../src/domain/probe.js';

/** The kubelet installed here; null when none is. */
export type KubeletVersion = { readonly version: string | null };

const PLACES = [
  '/usr/bin/kubelet',
  '/usr/local/bin/kubelet',
  '/opt/bin/kubelet',
  '/home/kubernetes/bin/kubelet',
  '/var/lib/rancher/rke2/bin/kubelet',
  '/var/lib/k0s/bin/kubelet',
];

const FORM = /^Kubernetes (v\d{1,3}\.\d{1,3}\.\d{1,3}[0-9A-Za-z.+-]{0,60})\s*$/;

/** The version of the kubelet's own file: the only one known before a node joins. */
export const kubeletVersion = defineProbe<KubeletVersion>({
  id: 'kubelet-version',
  command: 'kubelet --version',
  script: `for f in ${PLACES.join(' ')}; do
  if [ -x "$f" ]; then "$f" --version; exit $?; fi
done
echo none`,
  rootCommands: [],
  timeoutSeconds: 10,
  maxBytes: 4096,
  fields: { version: 'plain' },
  facts: ({ version }): Readonly<Record<string, string>> =>
    version === null ? {} : { kubelet: version },
  recognises: (stdout) => FORM.test(stdout.trim()),
  parse: ({ stdout }) => {
    const text = stdout.trim().slice(0, 200);
    if (text === 'none') return { version: null };
    const version = FORM.exec(text)?.[1];
    if (version === undefined) throw new ProbeParseError('it is not "Kubernetes vX.Y.Z"');
    return { version };
  },
});
