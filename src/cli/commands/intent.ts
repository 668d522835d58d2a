import { DEFAULT_INTENT, INTENT_CHOICES, type Intent } from '../../domain/intent.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { emit } from '../io.js';

/** What each key means; keys with a closed set of values list them behind it. */
const MEANING: Readonly<Record<keyof Intent, string>> = {
  calico:
    'the Calico release; "3.0" and "3.29-page-B" are two published requirement pages as written',
  install: 'how Calico is installed',
  dataplane: 'the data plane of Felix',
  encapsulation: 'how pod traffic crosses between nodes',
  bgp: 'whether nodes exchange routes by BGP',
  typha: 'whether Typha stands between Felix and the datastore',
  wireguard: 'encryption between nodes',
  ipFamilies: 'address families of pods',
  podCIDRs: 'IP pools',
  serviceCIDRs: 'service cluster IP ranges',
  blockSize: 'prefix length of an IPAM block',
  mtu: 'bytes, or auto',
  sctp: 'whether pods speak SCTP',
  datastore: 'where Calico keeps its state',
  etcdEndpoints: 'only with datastore etcd',
  kubernetes: 'the Kubernetes version, in quotes',
  kubeProxy: 'the mode of kube-proxy',
  nodePortRange: 'as --service-node-port-range',
  apiServer: 'host:port when it is known',
  apiServerPort: 'as --secure-port',
  typhaPort: 'TCP port of Typha',
  vxlanPort: 'UDP port of VXLAN',
  network: 'who carries pod traffic',
};

const scalar = (value: string | number | boolean): string =>
  typeof value === 'string' && /^$|^\d+(\.\d+)*$/.test(value)
    ? JSON.stringify(value)
    : String(value);

const yaml = (value: Intent[keyof Intent]): string =>
  typeof value === 'object' ? `[${value.map(scalar).join(', ')}]` : scalar(value);

/** A commented intent file that holds the defaults; reading it back gives exactly them. */
export function intentFile(intent: Intent = DEFAULT_INTENT): string {
  const choices: Readonly<Record<string, readonly string[]>> = INTENT_CHOICES;
  const lines = (Object.keys(MEANING) as (keyof Intent)[]).map((key) => {
    const closed = choices[key];
    const comment = closed === undefined ? MEANING[key] : `${MEANING[key]}: ${closed.join(' | ')}`;
    return `# ${comment}\n${key}: ${yaml(intent[key])}\n`;
  });
  return `# What is to run. Every key may be left out; the values here are the defaults.\n\n${lines.join('\n')}`;
}

export async function runIntent(): Promise<ExitCode> {
  await emit(intentFile(), undefined);
  return EXIT.good;
}
