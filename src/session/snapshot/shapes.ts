import type { Evidence, NodeEvidence, PeerRecord } from '../../domain/evidence.js';
import type { FileChange, Fix, UnitChange } from '../../domain/fix.js';
import { INTENT_CHOICES, type Intent } from '../../domain/intent.js';
import { ROLES, type InventoryNode } from '../../domain/inventory.js';
import { REASON_CODES, type Reason } from '../../domain/reason.js';
import type { Waiver } from '../../domain/report.js';
import { visible } from '../../domain/visible.js';
import type {
  AccessSettings,
  ExportResult,
  ExportSettings,
  FixItem,
  RulesFile,
  SessionFiles,
} from '../state.js';
import {
  bool,
  bytes,
  list,
  maybe,
  num,
  object,
  Odd,
  oneOf,
  orNull,
  record,
  text,
  type Decode,
} from './decode.js';

/** Names, hosts, paths: kept as they were; screens make them visible as they do when they were just typed. */
const word = text(4096);
/** Sentences that screens show: made visible again, because the file may have been edited. */
const sentence: Decode<string> = (value, at) => visible(text(16_384)(value, at));
/** Whole files and commands. */
const long = text(4_000_000);
/** One probe's output in base64: far above every probe's limit. */
const output = bytes(64_000_000);
const words = list(word, 10_000);
const sentences = list(sentence, 1000);

const reason: Decode<Reason> = (value, at) => {
  const written = text(65_536)(value, at);
  if (!REASON_CODES.some((code) => written.startsWith(`${code}: `)))
    throw new Odd(`${at} is not a reason`);
  return written as Reason;
};

const port: Decode<number> = (value, at) => {
  const number = num(value, at);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new Odd(`${at} is not a port`);
  return number;
};

export const node = object<InventoryNode>({
  name: word,
  host: word,
  port: maybe(port),
  user: maybe(word),
  jump: maybe(list(word, 16)),
  roles: list(oneOf(ROLES), ROLES.length),
});

const mtu: Decode<Intent['mtu']> = (value, at) => (value === 'auto' ? 'auto' : num(value, at));

export const intent = object<Intent>({
  calico: oneOf(INTENT_CHOICES.calico),
  install: oneOf(INTENT_CHOICES.install),
  dataplane: oneOf(INTENT_CHOICES.dataplane),
  encapsulation: oneOf(INTENT_CHOICES.encapsulation),
  bgp: bool,
  typha: bool,
  wireguard: oneOf(INTENT_CHOICES.wireguard),
  ipFamilies: list(oneOf(INTENT_CHOICES.ipFamilies), 2),
  podCIDRs: words,
  serviceCIDRs: words,
  blockSize: num,
  mtu,
  sctp: bool,
  datastore: oneOf(INTENT_CHOICES.datastore),
  etcdEndpoints: words,
  kubernetes: word,
  kubeProxy: oneOf(INTENT_CHOICES.kubeProxy),
  nodePortRange: word,
  apiServer: word,
  apiServerPort: num,
  typhaPort: num,
  vxlanPort: num,
  network: oneOf(INTENT_CHOICES.network),
});

export const access = object<AccessSettings>({
  user: word,
  identityFiles: words,
  become: oneOf(['auto', 'sudo', 'doas', 'none']),
  hostKey: oneOf(['ask', 'strict', 'accept-new']),
});

const peer = object<PeerRecord>({
  transport: oneOf(['ssh2', 'openssh', 'local', 'recorded']),
  chosenBecause: maybe(word),
  host: word,
  port: maybe(port),
  address: maybe(word),
  user: maybe(word),
  hostKey: maybe(
    object<NonNullable<PeerRecord['hostKey']>>({
      type: word,
      fingerprint: word,
      trustedBy: word,
      bits: maybe(num),
    }),
  ),
  serverVersion: maybe(word),
  algorithms: maybe(record(word, 100)),
  postQuantum: maybe(bool),
  authMethod: maybe(word),
  authKey: maybe(word),
  privilege: maybe(word),
});

const evidence = object<Evidence>({
  probe: word,
  command: word,
  stdout: output,
  stderr: output,
  exit: orNull(num),
  durationMs: orNull(num),
  receivedAt: orNull(num),
  problem: maybe(reason),
});

export const nodeEvidence = object<NodeEvidence>({
  node: word,
  unreached: maybe(reason),
  nextStep: maybe(sentence),
  peer: maybe(peer),
  startedAt: num,
  finishedAt: num,
  evidence: list(evidence, 10_000),
  noise: maybe(output),
});

const fix = object<Fix>({
  way: word,
  summary: sentence,
  kind: oneOf(['safe', 'disruptive']),
  loses: sentences,
  consentWord: maybe(word),
  files: list(
    object<FileChange>({
      path: word,
      content: orNull(long),
      mode: maybe(word),
      expected: orNull(long),
    }),
    1000,
  ),
  units: list(object<UnitChange>({ unit: word, active: bool, enabled: bool }), 1000),
  commands: list(long, 1000),
  undoCommands: list(long, 1000),
  disturbsNetwork: bool,
  needsReboot: bool,
  byHandOnly: maybe(bool),
  byHand: sentence,
});

export const fixItem = object<FixItem>({
  key: word,
  node: word,
  check: word,
  fix,
  picked: bool,
  consented: bool,
  phase: oneOf([
    'offered',
    'applying',
    'undoing',
    'verifying',
    'verified',
    'not-fixed',
    'failed',
    'uncertain',
    'undone',
  ]),
  message: sentence,
  changeId: maybe(word),
});

export const waiver = object<Waiver>({
  check: word,
  nodes: maybe(words),
  who: sentence,
  why: sentence,
  until: word,
});

export const exportSettings = object<ExportSettings>({ bundle: word, signKey: word, signer: word });

export const exported = object<ExportResult>({
  bundle: word,
  sha256: word,
  fingerprint: maybe(word),
  principal: maybe(word),
  files: words,
  problem: maybe(sentence),
  verifyCommand: sentence,
});

export const files = object<SessionFiles>({
  inventory: maybe(word),
  intent: maybe(word),
  rules: maybe(object<RulesFile>({ path: word, sha256: word })),
});
