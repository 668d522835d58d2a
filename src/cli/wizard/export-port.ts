import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangeRecord } from '../../bundle/contents.js';
import { allowedSignersLine } from '../../bundle/ephemeral-signer.js';
import { fixKey } from '../../session/fix-items.js';
import { UNSIGNED_SUFFIX } from '../../bundle/write-bundle.js';
import { InputError } from '../../domain/errors.js';
import { shellWord } from '../../domain/shell-word.js';
import { visibleLine } from '../../domain/visible.js';
import type { Signer } from '../../domain/signer.js';
import type { ExportPort } from '../../session/ports.js';
import type { ExportSettings, SessionState } from '../../session/state.js';
import type { Report } from '../../domain/report.js';
import { renderHtml } from '../../report/html.js';
import { calicoConfiguration } from '../../report/installation.js';
import { exportBundle, openSigner } from '../wiring/bundle.js';
import { absolutePath, expandHome, shortPath } from '../wiring/access-files.js';
import type { SecretKeeper } from '../wiring/secrets.js';
import { judgeFleet } from '../wiring/asker.js';
import { homeFolder, localUser } from '../wiring/ssh-config/local-user.js';
import { consentOf } from './fix-port.js';
import { writeBeside } from './write-beside.js';

export type ExportContext = {
  readonly keeper: SecretKeeper;
  readonly changes: () => readonly ChangeRecord[];
  /** The demo signs with its own key. */
  readonly demoSigner?: Signer;
};

const DEMO_PRINCIPAL = 'demo@calico-ready';

const baseOf = (path: string): string => path.replace(/(?:-UNSIGNED)?\.tar\.gz$/, '');

async function signerFor(
  settings: ExportSettings,
  context: ExportContext,
  signal: AbortSignal,
): Promise<Signer | null> {
  if (settings.signKey !== '')
    return openSigner(expandHome(settings.signKey), context.keeper.broker, signal);
  return context.demoSigner ?? null;
}

/** Every change of the session: those of this run, and of runs before it what the saved session still knows. */
export function changesOf(
  { fixes }: Pick<SessionState, 'fixes'>,
  ofThisRun: readonly ChangeRecord[],
): readonly ChangeRecord[] {
  const known = new Set(ofThisRun.map(({ node, check, way }) => fixKey(node, check, way)));
  const before = fixes.filter((item) => item.phase !== 'offered' && !known.has(item.key));
  return [
    ...before.map(({ node, check, fix, changeId, phase }) => ({
      node,
      check,
      way: fix.way,
      changeId: changeId ?? '',
      outcome: phase,
      consent: consentOf(fix),
    })),
    ...ofThisRun,
  ];
}

/** Judges once more what the session holds, so that report and evidence in the bundle are of one moment. */
function judgedOf(state: SessionState, report: Report) {
  const byNode = new Map(state.evidence.map((one) => [one.node, one]));
  const nodes = state.nodes.filter((node) => byNode.has(node.name));
  const evidence = nodes.flatMap((node) => byNode.get(node.name) ?? []);
  const judged = judgeFleet(nodes, evidence, state.intent, state.waivers, {
    id: state.runId,
    startedAt: Date.parse(state.startedAt),
    ...(state.demo ? { demo: true } : {}),
  });
  return { ...judged, report: { ...judged.report, run: report.run } };
}

/** A bundle of another time is evidence; only what this session wrote itself is written again. */
function refuseToReplace(path: string): void {
  if (!existsSync(path)) return;
  throw new InputError(
    `${visibleLine(path)} exists already.`,
    'Type another name, or move that file away.',
  );
}

const principalOf = ({ signer }: ExportSettings, demo: boolean): string =>
  signer === '' ? (demo ? DEMO_PRINCIPAL : localUser().username) : signer;

/** Writes the bundle, and beside it the line that lets a receiver verify it, the report, and the configuration that fits. */
export function createExportPort(context: ExportContext): ExportPort {
  const written = new Set<string>();
  return {
    export: async (state, report, settings, signal) => {
      if (settings.bundle.trim() === '')
        throw new InputError('The bundle has no name.', 'Type a file name that ends in .tar.gz.');
      const base = baseOf(absolutePath(settings.bundle.trim()));
      const signs = settings.signKey !== '' || context.demoSigner !== undefined;
      const path = `${base}${signs ? '.tar.gz' : UNSIGNED_SUFFIX}`;
      if (!state.demo && !written.has(path) && state.exported?.bundle !== path)
        refuseToReplace(path);
      const signer = await signerFor(settings, context, signal);
      const principal = principalOf(settings, state.demo);
      const judged = judgedOf(state, report);
      const bundle = await exportBundle(path, judged, signer, {
        operator: principal,
        changes: changesOf(state, context.changes()),
        secrets: context.keeper.typed(),
      });
      written.add(path);
      const signers = `${bundle.path}.allowed-signers`;
      const { suffix, text } = calicoConfiguration(judged.report);
      const beside = await writeBeside([
        ...(signer === null
          ? []
          : [{ path: signers, text: allowedSignersLine(principal, signer.publicBlob) }]),
        // As in the bundle, to be read without unpacking it.
        { path: `${base}.report.html`, text: renderHtml(judged.report) },
        { path: `${base}${suffix}`, text },
      ]);
      return {
        bundle: bundle.path,
        sha256: bundle.sha256,
        ...(bundle.fingerprint === undefined ? {} : { fingerprint: bundle.fingerprint, principal }),
        files: [bundle.path, ...beside.written],
        ...(beside.problem === undefined ? {} : { problem: beside.problem }),
        verifyCommand:
          signer === null
            ? 'This bundle is not signed: nobody can verify who made it.'
            : [
                'calico-ready verify',
                ...[bundle.path, '--allowed-signers', signers, '--signer', principal].map(
                  shellWord,
                ),
              ].join(' '),
      };
    },
    wholePath: (typed) => absolutePath(typed.trim()),
    shortPath,
    signKeys: async () => {
      // The demo reads nothing of the user's; a key can still be typed.
      if (context.demoSigner !== undefined) return [];
      const folder = join(homeFolder(), '.ssh');
      const names = await readdir(folder).catch(() => [] as string[]);
      const keys = await Promise.all(
        names
          .filter((name) => !/\.pub$|^known_hosts|^config$|^authorized_keys/.test(name))
          .map(async (name) => {
            const head = await readFile(join(folder, name), {
              encoding: 'latin1',
              flag: 'r',
            }).catch(() => '');
            return head.slice(0, 200).includes('PRIVATE KEY') ? [join(folder, name)] : [];
          }),
      );
      return keys.flat();
    },
  };
}
