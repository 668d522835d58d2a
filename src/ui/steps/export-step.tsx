import { Box } from 'ink';
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { SessionActions } from '../../session/actions.js';
import type { ExportResult, ExportSettings } from '../../session/state.js';
import { useArea } from '../components/area.js';
import { Form, type FormField } from '../components/form.js';
import type { KeyValue } from '../components/key-values.js';
import { ScrollView } from '../components/scroll-view.js';
import { Lines } from '../components/words.js';
import { useKept } from '../kept.js';
import { useActions, useSession, useSessionStore } from '../session-context.js';
import { cell, heading, line, wrap, type Line } from '../text.js';
import type { StepProps } from './step-props.js';

/** What is said in place of a key. The demo signs with a key of its own, so that its bundle verifies too. */
const noKey = (demo: boolean): string => (demo ? 'a key made for this demo' : 'unsigned');

/** The name offered for a bundle: the start of the run, and UNSIGNED where nobody signs. */
export function offeredName(startedAt: string, signed: boolean): string {
  const stamp = startedAt.slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  return `calico-ready-${stamp}${signed ? '' : '-UNSIGNED'}.tar.gz`;
}

/** Keys that could sign, asked for once when the screen opens; the likeliest is taken until somebody chooses. */
function useSignKeys(): readonly string[] {
  const { suggestSignKeys, setExport } = useActions();
  const store = useSessionStore();
  const [keys, setKeys] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useKept('export.key', () => false);
  const choose = useEffectEvent((found: readonly string[]) => {
    setKeys(found);
    const { exportSettings, demo } = store.getState();
    // The demo is not worth anybody's own key, and what somebody chose stays.
    const first = demo || chosen || exportSettings.signKey !== '' ? undefined : found[0];
    if (first !== undefined) setExport({ signKey: first });
    setChosen(true);
  });
  useEffect(() => {
    let here = true;
    void suggestSignKeys().then((found) => {
      if (here) choose(found);
    });
    return () => {
      here = false;
    };
  }, [suggestSignKeys]);
  return keys;
}

function fieldsOf(
  settings: ExportSettings,
  offered: string,
  keys: readonly string[],
  unsigned: string,
  { setExport: set, shortPath }: Pick<SessionActions, 'setExport' | 'shortPath'>,
): readonly FormField[] {
  const { signKey, signer } = settings;
  const bundle = settings.bundle === '' ? '' : shortPath(settings.bundle);
  const takeKey = (key: string): void => {
    // A name that was offered says whether somebody signs; one that was typed stays.
    set({ signKey: key, ...(bundle === offered ? { bundle: '' } : {}) });
  };
  const current = signKey === '' ? unsigned : signKey;
  const choices = [...new Set([...keys, ...(signKey === '' ? [] : [signKey]), unsigned])];
  return [
    {
      kind: 'text',
      id: 'bundle',
      label: 'Bundle',
      value: bundle === '' ? offered : bundle,
      help: 'Where it is written; the report and the Calico configuration go beside it.',
      onCommit: (text) => {
        set({ bundle: text.trim() });
        return undefined;
      },
    },
    {
      kind: 'choice',
      id: 'key',
      label: 'Signed with',
      value: current,
      choices,
      help: 'Left and Right choose. An unsigned bundle proves nothing about who made it.',
      onChoose: (value) => {
        takeKey(value === unsigned ? '' : value);
      },
    },
    {
      kind: 'text',
      id: 'other',
      label: 'Another key',
      value: '',
      placeholder: 'path of a private key file',
      help: 'Such as ~/.ssh/id_ed25519. A passphrase is asked for when it has one.',
      onCommit: (text) => {
        if (text.trim() !== '') takeKey(text.trim());
        return undefined;
      },
    },
    {
      kind: 'text',
      id: 'signer',
      label: 'Signer',
      value: signer,
      placeholder: 'your login name',
      help: 'How the receiver knows you: the name beside your key in an allowed-signers file.',
      onCommit: (text) => {
        set({ signer: text.trim() });
        return undefined;
      },
    },
  ];
}

type Short = SessionActions['shortPath'];

function resultRows(result: ExportResult, short: Short): readonly KeyValue[] {
  const signed =
    result.fingerprint === undefined
      ? 'no: unsigned'
      : `${result.principal ?? ''} ${result.fingerprint}`;
  const { problem } = result;
  return [
    ...(problem === undefined ? [] : [{ key: 'Missing', value: problem, tone: 'bad' as const }]),
    { key: 'Bundle', value: short(result.bundle) },
    { key: 'Verify', value: result.verifyCommand, tone: 'accent' },
    {
      key: 'Signed',
      value: signed.trim(),
      tone: result.fingerprint === undefined ? 'warn' : 'plain',
    },
    { key: 'SHA-256', value: result.sha256 },
    { key: 'Files', value: result.files.map(short).join(', ') },
  ];
}

const KEY_WIDTH = 8;

/** Everything about what was written, what a receiver needs first. */
const resultLines = (result: ExportResult, width: number, short: Short): readonly Line[] => [
  result.problem === undefined
    ? { ...heading('Exported'), tone: 'good' }
    : { ...heading('Exported, but not all of it'), tone: 'bad' },
  ...resultRows(result, short).flatMap(({ key, value, tone }) =>
    wrap(value, width - KEY_WIDTH - 1).map((text, index) =>
      line(`${cell(index === 0 ? key : '', KEY_WIDTH)} ${text}`, tone),
    ),
  ),
];

/** The four settings and what the one with the pointer is for. */
const FORM_ROWS = 5;

const NOT_YET: readonly Line[] = [line('Nothing is written yet. Enter writes the bundle.', 'dim')];

/** Writes the bundle, and says how anyone verifies it. */
export function ExportStep({ onDone }: StepProps) {
  const { width, height } = useArea();
  const actions = useActions();
  const store = useSessionStore();
  const settings = useSession((state) => state.exportSettings);
  const startedAt = useSession((state) => state.startedAt);
  const result = useSession((state) => state.exported);
  const busy = useSession((state) => state.busy !== null);
  const keys = useSignKeys();
  const demo = useSession((state) => state.demo);
  const offered = offeredName(startedAt, demo || settings.signKey !== '');
  const [settingsAgain, setSettingsAgain] = useState(false);
  const run = (): void => {
    setSettingsAgain(false);
    if (store.getState().exportSettings.bundle === '') actions.setExport({ bundle: offered });
    void actions.runExport();
  };
  const lines = useMemo(
    () => (result === null ? NOT_YET : resultLines(result, width, actions.shortPath)),
    [result, width, actions],
  );
  const enter =
    result === null
      ? { run, label: 'write the bundle' }
      : result.problem === undefined
        ? { run: onDone, label: 'finish and leave' }
        : { run, label: 'write again' };
  // Where both do not fit, what was written goes first: nobody may miss how it is verified.
  if (result !== null && !settingsAgain && FORM_ROWS + lines.length > height)
    return (
      <ScrollView
        lines={lines}
        isActive
        commands={{
          // Short, because the footer has little room.
          'go.on': busy
            ? undefined
            : result.problem === undefined
              ? { run: onDone, label: 'finish' }
              : enter,
          'nav.close': {
            run: () => {
              setSettingsAgain(true);
            },
            label: 'settings',
          },
        }}
      />
    );
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Form
        fields={fieldsOf(settings, offered, keys, noKey(demo), actions)}
        isActive
        width={width}
        height={FORM_ROWS}
        labelWidth={12}
        onEnter={busy ? undefined : enter}
      />
      <Lines lines={lines} width={width} />
    </Box>
  );
}
