import { Box } from 'ink';
import { useState, type ReactNode } from 'react';
import type { SecretRequest } from '../domain/transport.js';
import { useArea } from './components/area.js';
import { TextField } from './components/text-field.js';
import { Lines, Words } from './components/words.js';
import { LAYER } from './key-registry.js';
import { useTextCommands } from './keys.js';
import { useActions } from './session-context.js';
import { line, wrap, wrapLines } from './text.js';

const ASKS: Readonly<Record<SecretRequest['kind'], string>> = {
  password: 'needs a password to log in',
  passphrase: 'needs the passphrase of a private key',
  'sudo-password': 'needs the password for sudo',
  'keyboard-interactive': 'asks a question to log in',
  confirm: 'waits for your word',
};

/** Where an empty answer is a slip: an Enter that was meant for the screen below. */
const NEVER_EMPTY: readonly SecretRequest['kind'][] = ['password', 'passphrase', 'sudo-password'];

/** What is being typed, and for whom: it is never sent to anybody else. */
type Draft = { readonly request: SecretRequest; readonly text: string };

type PromptProps = {
  readonly request: SecretRequest;
  readonly typed: string;
  readonly onType: (text: string) => void;
  readonly onAnswer: (text: string | null) => void;
};

/** A secret somebody has to type. It goes to the broker and nowhere else: not into the session, not on the screen. */
function PromptModal({ request, typed, onType, onAnswer }: PromptProps) {
  const { width } = useArea();
  // Only this kind of question is in the words of the node; the others are ours.
  const asked =
    request.kind === 'keyboard-interactive' ? `The node says: ${request.prompt}` : request.prompt;
  const answer = (text: string | null) => () => {
    onAnswer(text);
  };
  const missing = typed === '' && NEVER_EMPTY.includes(request.kind);
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
          value={typed}
          onChange={onType}
          isActive
          secret={!request.echo}
          width={width - 9}
          layer={LAYER.modalField}
          commands={{
            'go.on': missing ? undefined : { run: answer(typed), label: 'send' },
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

/** The rest of a secret that nobody waits for any more must not become keys of the screen below. */
function Withdrawn({ request, onClose }: { request: SecretRequest; onClose: () => void }) {
  const { width } = useArea();
  useTextCommands(
    { 'go.on': { run: onClose, label: 'go on' }, 'go.back': { run: onClose, label: '' } },
    () => true,
    { layer: LAYER.modalField, takesAll: true },
  );
  return (
    <Box flexDirection="column">
      <Words bold tone="warn" width={width}>
        {`${request.node} no longer waits for an answer`}
      </Words>
      <Lines
        lines={wrapLines([line('What you typed was sent to nobody. Enter goes on.')], width)}
        width={width}
      />
    </Box>
  );
}

/** What lies over the screen while a secret is asked for, or was until just now; null when nothing does. */
export function usePrompt(request: SecretRequest | null): ReactNode {
  const actions = useActions();
  const [draft, setDraft] = useState<Draft | null>(null);
  if (draft !== null && draft.text !== '' && draft.request !== request)
    return (
      <Withdrawn
        key="withdrawn"
        request={draft.request}
        onClose={() => {
          setDraft(null);
        }}
      />
    );
  if (request === null) return null;
  return (
    <PromptModal
      key="prompt"
      request={request}
      typed={draft?.request === request ? draft.text : ''}
      onType={(text) => {
        setDraft({ request, text });
      }}
      onAnswer={(text) => {
        setDraft(null);
        actions.answerPrompt(text);
      }}
    />
  );
}
