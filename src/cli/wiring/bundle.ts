import type { ChangeRecord } from '../../bundle/contents.js';
import { checkBundleName, writeBundle, type WrittenBundle } from '../../bundle/write-bundle.js';
import { composeCollector } from '../../collect/compose.js';
import { InputError } from '../../domain/errors.js';
import type { Signer } from '../../domain/signer.js';
import type { SecretBroker } from '../../domain/transport.js';
import { visibleLine } from '../../domain/visible.js';
import { allProbes, planProbes } from '../../engine/plan.js';
import type { CommonOptions } from '../options.js';
import type { Judged } from './asker.js';
import { currentCatalogue } from './catalogue.js';

type BundleOptions = Pick<CommonOptions, 'bundle' | 'signKey' | 'unsigned' | 'profile'>;

/** Refuses before any node is asked what could only fail afterwards. Throws InputError. */
export function checkBundleOptions(options: BundleOptions): void {
  if (options.bundle === undefined) return;
  if (options.profile === 'support') {
    throw new InputError(
      'Support bundles are not part of this version.',
      'Leave out --profile, or use --profile evidence.',
    );
  }
  if (options.signKey !== undefined && options.unsigned === true) {
    throw new InputError('--sign-key and --unsigned exclude each other.', 'Choose one of them.');
  }
  if (options.signKey === undefined && options.unsigned !== true) {
    throw new InputError(
      'A bundle needs a signing key.',
      'Name one with --sign-key FILE, or write --unsigned.',
    );
  }
  checkBundleName(options.bundle, options.signKey !== undefined);
}

/** The key that `--sign-key` names; asks for its passphrase when it has one. Rejects with InputError. */
export async function openSigner(
  path: string,
  broker: SecretBroker,
  signal: AbortSignal,
): Promise<Signer> {
  if (path === 'agent') {
    const { agentSigners } = await import('../../transport/ssh/agent.js');
    const socket = process.env['SSH_AUTH_SOCK'] ?? '';
    if (socket === '')
      throw new InputError(
        'There is no SSH agent: SSH_AUTH_SOCK is not set.',
        'Start one with ssh-agent, or name a key file.',
      );
    const [first] = await agentSigners(socket);
    if (first === undefined)
      throw new InputError(
        'The SSH agent holds no key that can sign.',
        'Add one with ssh-add, or name a key file.',
      );
    return first;
  }
  const { keyNeedsPassphrase, loadSigner } = await import('../../transport/ssh/signing-key.js');
  if (!(await keyNeedsPassphrase(path))) return loadSigner(path);
  const passphrase = await broker.ask(
    { node: 'signing key', kind: 'passphrase', prompt: visibleLine(path), echo: false },
    signal,
  );
  return loadSigner(path, passphrase ?? undefined);
}

/** Writes what a run found. Rejects with OperatorError. */
export const exportBundle = (
  path: string,
  judged: Judged,
  signer: Signer | null,
  extra: {
    readonly operator: string;
    readonly changes: readonly ChangeRecord[];
    readonly secrets: readonly string[];
  },
): Promise<WrittenBundle> =>
  writeBundle(
    path,
    {
      report: judged.report,
      nodes: judged.nodes,
      catalogue: currentCatalogue(),
      probes: allProbes(currentCatalogue()),
      collector: composeCollector(planProbes(currentCatalogue(), judged.report.intent)),
      changes: extra.changes,
      operator: extra.operator,
    },
    signer,
    extra.secrets,
  );
