import { Box } from 'ink';
import { useMemo } from 'react';
import { commandLineFor } from '../session/selectors/command-line.js';
import { isDone, stepNumber, whyNotReachable } from '../session/selectors/steps.js';
import { STEPS, type StepId } from '../session/steps.js';
import { useArea } from './components/area.js';
import { ScrollView } from './components/scroll-view.js';
import { SelectList } from './components/select-list.js';
import { Words } from './components/words.js';
import { hintText, LAYER, type Hint } from './key-registry.js';
import { useCommands } from './keys.js';
import { titleOf } from './layouts/chrome.js';
import { useActions, useSession, useSessionStore } from './session-context.js';
import { blank, heading, line, type Line } from './text.js';
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
        'app.help': { run: onClose, label: '' },
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
        first={stepNumber(state.step) - 1}
        width={width}
        height={height - 1}
      />
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
