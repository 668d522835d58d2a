import { Box } from 'ink';
import { useMemo, useState } from 'react';
import type { SecretRequest } from '../domain/transport.js';
import { commandLineFor } from '../session/selectors/command-line.js';
import { isDone, stepNumber, whyNotReachable } from '../session/selectors/steps.js';
import { STEPS, type StepId } from '../session/steps.js';
import { useArea } from './components/area.js';
import { ScrollView } from './components/scroll-view.js';
import { SelectList } from './components/select-list.js';
import { TextField } from './components/text-field.js';
import { Words } from './components/words.js';
import { hintText, LAYER, type Hint } from './key-registry.js';
import { useCommands } from './keys.js';
import { titleOf } from './layouts/chrome.js';
import { useActions, useSession, useSessionStore } from './session-context.js';
import { blank, heading, line, wrap, type Line } from './text.js';
import { useTheme } from './theme.js';
import { STATUSES, STATUS_WORD } from '../domain/status.js';

type HelpProps = {
  readonly step: StepId;
  /** The keys of the screen under the help. */
  readonly hints: readonly Hint[];
  readonly onClose: () => void;
};

/** The keys of this screen, what the marks mean, and the command line in full. */
export function Help({ step, hints, onClose }: HelpProps) {
  const theme = useTheme();
  const store = useSessionStore();
  const lines = useMemo<readonly Line[]>(() => {
    const keys = [...new Set(hints.map(hintText))].filter((text) => text !== '');
    const marks = STATUSES.map((status) => `${theme.mark[status]} ${STATUS_WORD[status]}`);
    return [
      heading(`Help: ${titleOf(step)}`),
      ...keys.map((text) => line(text, 'plain', 2)),
      blank,
      line(`Marks: ${marks.join('   ')}`),
      blank,
      heading('The same on the command line'),
      line(commandLineFor(step, store.getState()), 'plain', 2),
    ];
  }, [step, hints, theme, store]);
  return (
    <ScrollView
      lines={lines}
      isActive
      layer={LAYER.modal}
      commands={{
        'go.back': { run: onClose, label: 'close the help' },
        'go.on': { run: onClose, label: 'close the help' },
        'app.help': { run: onClose, label: 'close the help' },
      }}
    />
  );
}

/** All nine steps, and which can be gone to. */
export function StepsOverlay({ onClose }: { readonly onClose: () => void }) {
  const { width, height } = useArea();
  const theme = useTheme();
  const state = useSession((whole) => whole);
  const actions = useActions();
  const choices = STEPS.map(({ id, title }) => {
    const here = id === state.step ? ' (you are here)' : '';
    const done = isDone(id, state) ? `${theme.ascii ? '*' : '✔'} ` : '  ';
    const why = whyNotReachable(id, state);
    const text = `${done}${String(stepNumber(id))} ${title}${here}`;
    return why === null ? { id, text } : { id, text, disabled: why };
  });
  return (
    <Box flexDirection="column">
      <Words bold>Go to a step</Words>
      <SelectList
        choices={choices}
        onChoose={(id) => {
          onClose();
          actions.goTo(id as StepId);
        }}
        onCancel={onClose}
        isActive
        layer={LAYER.modal}
        width={width}
        height={height - 1}
      />
    </Box>
  );
}

const ASKS: Readonly<Record<SecretRequest['kind'], string>> = {
  password: 'needs a password to log in',
  passphrase: 'needs the passphrase of a private key',
  'sudo-password': 'needs the password for sudo',
  'keyboard-interactive': 'asks a question to log in',
  confirm: 'waits for your word',
};

/** A secret somebody has to type. It goes to the broker and nowhere else: not into the session, not on the screen. */
export function PromptModal({ request }: { readonly request: SecretRequest }) {
  const { width } = useArea();
  const actions = useActions();
  const [secret, setSecret] = useState('');
  // Only this kind of question is in the words of the node; the others are ours.
  const asked =
    request.kind === 'keyboard-interactive' ? `The node says: ${request.prompt}` : request.prompt;
  const answer = (text: string | null) => () => {
    setSecret('');
    actions.answerPrompt(text);
  };
  return (
    <Box flexDirection="column">
      <Words bold tone="warn" width={width}>
        {`${request.node} ${ASKS[request.kind]}`}
      </Words>
      {wrap(asked, width).map((text, index) => (
        <Words key={index} width={width}>
          {text}
        </Words>
      ))}
      <Words> </Words>
      <Box>
        <Words bold>Answer: </Words>
        <TextField
          value={secret}
          onChange={setSecret}
          isActive
          secret={!request.echo}
          width={width - 9}
          layer={LAYER.modalField}
          commands={{
            'go.on': { run: answer(secret), label: 'send' },
            'go.back': { run: answer(null), label: 'do not answer' },
          }}
        />
      </Box>
      <Words> </Words>
      <Words tone="dim" width={width}>
        {request.kind === 'confirm'
          ? 'Anything but yes leaves the remaining nodes alone.'
          : 'It is kept in memory for this run and never written down.'}
      </Words>
    </Box>
  );
}

/** Shown while the session is being saved; nothing can be pressed but Ctrl-C. */
export function Leaving() {
  useCommands({ 'go.back': { run: () => undefined, label: '' } }, { layer: LAYER.modal });
  return (
    <Words bold>Stopping what runs and saving the session. Ctrl-C again leaves at once.</Words>
  );
}
