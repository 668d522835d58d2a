import {
  defineCheck,
  fail,
  pass,
  unknown,
  warn,
  type NodeContext,
  type Verdict,
} from '../../src/domain/check.js';
import type { Fix } from '../../src/domain/fix.js';
import { reason } from '../../src/domain/reason.js';
import {
  cniConfigurations,
  type CniConfiguration,
  type CniConfigurations,
} from '../probes/cni-configurations.js';
import { netDevices, type NetDevices } from '../probes/net-devices.js';
import { processes, type Process } from '../probes/processes.js';
import { CALICO_FILE, type CniProvider } from '../requirements/cni-providers.js';
import { pageB } from '../requirements/sources.js';
import { aliveOnes, belongs, ownerOf, type Owner, type Sign } from './providers.js';

type Facts = {
  readonly cni?: CniConfigurations;
  readonly devices?: NetDevices;
  readonly processes?: readonly Process[];
};
type Finding = { readonly text: string; readonly isFatal: boolean };
type Setting = {
  readonly calicoFile: string;
  readonly isCalicoThere: boolean;
  readonly alive: ReadonlyMap<CniProvider, Sign>;
};

const FOLDER = '/etc/cni/net.d';
const EXPECTED = `no configuration in ${FOLDER} but Calico's, and no other network provider on the node`;

/** Files that are nobody's business here are left out. */
const owned = (files: readonly CniConfiguration[]): readonly (readonly [string, Owner])[] =>
  files
    .map((file) => [file.file, ownerOf(file)] as const)
    .filter(([, owner]) => owner.whose !== 'nobody');

const order = (file: string, { calicoFile }: Setting): string =>
  file < calicoFile
    ? `comes before ${calicoFile}, so that the runtime takes it`
    : `comes after ${calicoFile}`;

/** What a file of somebody else means. It wins when its name sorts first; else it is what pods get until Calico is there. */
function judgeFile(file: string, owner: Owner, context: NodeContext, at: Setting): Finding | null {
  const wins = file < at.calicoFile;
  const where = order(file, at);
  if (owner.whose === 'unknown') {
    return { text: `${file} (plug-in ${owner.type}) ${where}`, isFatal: wins };
  }
  if (owner.whose === 'hidden')
    return { text: `${file} may not be read, and ${where}`, isFatal: false };
  if (owner.whose !== 'known' || belongs(owner.provider, context.intent)) return null;
  const { provider } = owner;
  if (!provider.verified) {
    return { text: `${file} of ${provider.name} (unverified) ${where}`, isFatal: false };
  }
  const isInUse = provider.kind === 'network' && (at.alive.has(provider) || !at.isCalicoThere);
  return { text: `${file} of ${provider.name} ${where}`, isFatal: wins || isInUse };
}

/** Interfaces outlive the program that made them until a restart, so that alone they are a warning. */
const aliveFindings = ({ intent }: NodeContext, { alive }: Setting): readonly Finding[] =>
  [...alive]
    .filter(([provider]) => !belongs(provider, intent))
    .map(([{ name }, { sign, isRunning }]) => ({ text: `${name}: ${sign}`, isFatal: isRunning }));

function settingOf(facts: Facts, files: readonly (readonly [string, Owner])[]): Setting {
  const [own] = files.find(([, { whose }]) => whose === 'calico') ?? [];
  return {
    calicoFile: own ?? CALICO_FILE,
    isCalicoThere: own !== undefined,
    alive: aliveOnes(
      (facts.devices?.devices ?? []).map(({ name }) => name),
      (facts.processes ?? []).map(({ name }) => name),
    ),
  };
}

const unseen = (wasAsked: boolean): Verdict =>
  wasAsked
    ? unknown(
        reason('denied', `${FOLDER} may not be read`),
        'Audit as root, or let the user read it.',
      )
    : unknown(reason('not-run', `nobody looked into ${FOLDER}`), 'Audit the node itself.');

function judge(facts: Facts, context: NodeContext): Verdict {
  const files = facts.cni?.files ?? null;
  const list = owned(files ?? []);
  const at = settingOf(facts, list);
  const found = [
    ...list.flatMap(([file, owner]) => judgeFile(file, owner, context, at) ?? []),
    ...aliveFindings(context, at),
  ];
  const text = [...found]
    .sort((one, other) => Number(other.isFatal) - Number(one.isFatal))
    .slice(0, 5)
    .map((one) => one.text)
    .join('; ');
  if (found.length > 0) {
    return found.some(({ isFatal }) => isFatal) ? fail(text, EXPECTED) : warn(text, EXPECTED);
  }
  if (files === null) return unseen(facts.cni !== undefined);
  const names = list.map(([file]) => file).slice(0, 5);
  return pass(names.length === 0 ? `${FOLDER} holds no configuration` : names.join(', '));
}

const strangers = ({ cni }: Facts, { intent }: NodeContext): readonly string[] =>
  owned(cni?.files ?? []).flatMap(([file, owner]) => {
    const isOurs = owner.whose === 'calico' || owner.whose === 'hidden';
    const isWanted = owner.whose === 'known' && belongs(owner.provider, intent);
    return isOurs || isWanted || !/^[\w.-]{1,200}$/.test(file) ? [] : [file];
  });

function fixes(facts: Facts, context: NodeContext): readonly Fix[] {
  const files = strangers(facts, context).slice(0, 20);
  if (files.length === 0) return [];
  const move = (from: string, to: string): readonly string[] =>
    files.map((file) => `/bin/mv ${FOLDER}/${file}${from} ${FOLDER}/${file}${to}`);
  return [
    {
      way: 'set-aside',
      summary: `Rename ${files.join(', ')} so that no runtime takes it.`,
      kind: 'disruptive',
      consentWord: 'set-aside',
      loses: [
        'New pods and containers get no network of that provider any more; those that run keep it until they are made again.',
      ],
      files: [],
      units: [],
      commands: move('', '.disabled'),
      undoCommands: move('.disabled', ''),
      disturbsNetwork: true,
      needsReboot: false,
      byHandOnly: true,
      byHand:
        'Remove the other provider as its documentation says, its DaemonSet first, then rename its file; restart the node to be rid of its interfaces, rules and programs.',
    },
  ];
}

export const otherProviders = defineCheck({
  id: 'cni/other-providers',
  title: 'No other network provider is configured beside Calico',
  why: 'A container runtime takes the first file of /etc/cni/net.d by name. With another one in front, pods get addresses that Calico knows nothing of, and no policy holds for them. A provider that runs beside Calico writes routes and rules against it.',
  sources: [
    pageB(
      'B16',
      'kubernetes-requirements',
      'Calico is not to be used together with another network provider, flannel and those of some platforms excepted; a cluster that uses another one cannot be migrated.',
    ),
    {
      page: 'CRI-O, network configurations',
      url: 'https://github.com/cri-o/cri-o/blob/main/contrib/cni/README.md',
      date: '2026-11-22',
      says: 'Of the files in /etc/cni/net.d the first by name is taken: 10-config before 99-config. Its own bridges are 10-crio-bridge.conflist and 11-crio-ipv4-bridge.conflist.',
    },
  ],
  severity: 'required',
  waivable: true,
  rule: ({ network }) =>
    network === 'calico'
      ? 'Passes when only Calico and Multus have configurations. Fails for another provider that sorts before Calico, runs beside it, or is configured while Calico is not. Bridges of container engines, files that sort after, and interfaces left behind are a warning.'
      : `Passes with the configurations of ${network}, Calico and Multus. Fails for another provider that sorts before Calico, runs beside it, or is configured while Calico is not; what sorts after Calico or is left behind is a warning.`,
  disagreement:
    'The page (2024-10-29) rules out every migration; the flannel guide of the same documentation (read 2026-08-21) describes a live migration from flannel with VXLAN. This check follows the page: under network: calico flannel is another provider.',
  breaks: ['addresses, routes and policy of the pods on this node'],
  alternatives: ({ network }) =>
    network === 'calico' ? ['network: flannel, where flannel is what runs here'] : [],
  needs: {},
  witnesses: { cni: cniConfigurations, devices: netDevices, processes },
  judge,
  fixes,
  example: {
    cni: { files: [{ file: '05-bridge.conflist', types: ['bridge', 'host-local', 'portmap'] }] },
  },
});
