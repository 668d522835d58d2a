import { Box } from 'ink';
import { useMemo, useState } from 'react';
import type { Intent } from '../../domain/intent.js';
import { impliedBy, type Implied } from '../../session/selectors/implied.js';
import { useArea } from '../components/area.js';
import { Form } from '../components/form.js';
import { KeyValues, type KeyValue } from '../components/key-values.js';
import { Words } from '../components/words.js';
import { useCommands } from '../keys.js';
import { useActions, useCatalogue, useSession, useSessionStore } from '../session-context.js';
import { count } from '../text.js';
import { useTheme } from '../theme.js';
import { intentFields } from './intent-fields.js';

const FORM_WIDTH = 44;
/** From this width on the panel stands beside the form. */
const WIDE = 76;

/** The first of them, and how many more there are, in at most so many lines. */
function cutTo(texts: readonly string[], lines: number): string {
  if (texts.length <= lines) return texts.join('\n') || 'none';
  const shown = Math.max(0, lines - 1);
  const rest = texts.length - shown;
  return [
    ...texts.slice(0, shown),
    shown === 0 ? count(rest, 'check') : `and ${String(rest)} more`,
  ].join('\n');
}

/** The panel's rows: what the nodes will be asked for, said with every change at once, in so many lines. */
export function impliedRows(implied: Implied, lines: number): readonly KeyValue[] {
  const room = lines - implied.ports.length - 2;
  return [
    { key: 'Ports', value: implied.ports.join('\n') },
    { key: 'Modules', value: implied.modules.join(', ') || 'none beyond the usual' },
    { key: 'Checks', value: `${count(implied.checks.length, 'check')} will be judged` },
    {
      key: 'Not needed',
      value: cutTo(
        implied.skipped.map(({ check }) => check),
        Math.max(1, room),
      ),
      tone: 'dim',
    },
  ];
}

/** The form of the intent, with what it implies beside it. */
export function IntentStep() {
  const { width, height } = useArea();
  const theme = useTheme();
  const intent = useSession((state) => state.intent);
  const actions = useActions();
  const store = useSessionStore();
  const catalogue = useCatalogue();
  const [panelAlone, setPanelAlone] = useState(false);
  const implied = useMemo(() => impliedBy(intent, catalogue), [intent, catalogue]);
  // Read out, one comes after the other, and both together are longer than the terminal.
  const wide = width >= WIDE && !theme.screenReader;
  const showForm = wide || !panelAlone;
  const set = (change: Partial<Intent>): string | undefined => {
    actions.setIntent(change);
    const { notice } = store.getState();
    return notice?.level === 'error'
      ? 'Not taken: correct it, or Esc for the old value.'
      : undefined;
  };
  const fields = intentFields(intent, set, (path) => {
    void actions.loadIntent(path);
  });
  useCommands({
    'intent.panel': wide
      ? undefined
      : () => {
          setPanelAlone(!panelAlone);
        },
    'go.on': actions.next,
  });
  return (
    <Box>
      <Box display={showForm ? 'flex' : 'none'} width={wide ? FORM_WIDTH : width} flexShrink={0}>
        <Form
          fields={fields}
          isActive={showForm}
          width={wide ? FORM_WIDTH - 2 : width}
          height={height}
          labelWidth={14}
          onEnter={{ run: actions.next, label: 'go on' }}
        />
      </Box>
      {wide || panelAlone ? (
        <Box
          flexDirection="column"
          width={wide ? width - FORM_WIDTH : width}
          height={height}
          overflow="hidden"
        >
          <Words bold>This intent asks for</Words>
          <KeyValues
            rows={impliedRows(implied, height - 1)}
            width={wide ? width - FORM_WIDTH : width}
            keyWidth={10}
          />
        </Box>
      ) : null}
    </Box>
  );
}
