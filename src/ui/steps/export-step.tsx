import { Box } from 'ink';
import { useEffect, useEffectEvent, useState } from 'react';
import type { ExportResult, ExportSettings } from '../../session/state.js';
import { useArea } from '../components/area.js';
import { Form, type FormField } from '../components/form.js';
import { KeyValues, type KeyValue } from '../components/key-values.js';
import { Words } from '../components/words.js';
import { useKept } from '../kept.js';
import { useActions, useSession, useSessionStore } from '../session-context.js';
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
  set: (change: Partial<ExportSettings>) => void,
): readonly FormField[] {
  const { bundle, signKey, signer } = settings;
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

/** From this height on there is room for all of the result. */
const ROOMY = 10;
const ESSENTIAL: readonly string[] = ['Bundle', 'Verify'];

type ResultProps = {
  readonly result: ExportResult;
  readonly width: number;
  /** Rows of the terminal. */
  readonly height: number;
};

/** Everything about what was written; where there is no room, where it is and how it is verified. */
function Result({ result, width, height }: ResultProps) {
  const signed =
    result.fingerprint === undefined
      ? 'no: unsigned'
      : `${result.principal ?? ''} ${result.fingerprint}`;
  const rows: readonly KeyValue[] = [
    { key: 'Bundle', value: result.bundle },
    { key: 'SHA-256', value: result.sha256 },
    {
      key: 'Signed',
      value: signed.trim(),
      tone: result.fingerprint === undefined ? 'warn' : 'plain',
    },
    { key: 'Files', value: result.files.join(', ') },
    { key: 'Verify', value: result.verifyCommand, tone: 'accent' },
  ];
  return (
    <Box flexDirection="column">
      <Words bold tone="good">
        Exported
      </Words>
      <KeyValues
        width={width}
        keyWidth={8}
        rows={height < ROOMY ? rows.filter(({ key }) => ESSENTIAL.includes(key)) : rows}
      />
    </Box>
  );
}

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
  const run = (): void => {
    if (store.getState().exportSettings.bundle === '') actions.setExport({ bundle: offered });
    void actions.runExport();
  };
  const enter =
    result === null
      ? { run, label: 'write the bundle' }
      : { run: onDone, label: 'finish and leave' };
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Form
        fields={fieldsOf(settings, offered, keys, noKey(demo), actions.setExport)}
        isActive
        width={width}
        height={result === null ? 5 : Math.max(2, Math.min(5, height - 9))}
        labelWidth={12}
        onEnter={busy ? undefined : enter}
      />
      {result === null ? (
        <Words tone="dim">Nothing is written yet. Enter writes the bundle.</Words>
      ) : (
        <Result result={result} width={width} height={height - 2} />
      )}
    </Box>
  );
}
