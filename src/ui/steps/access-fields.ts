import type { SessionActions } from '../../session/actions.js';
import type { AccessSettings, SessionState } from '../../session/state.js';
import type { FormField } from '../components/form.js';

const BECOME = [
  'auto',
  'sudo',
  'doas',
  'none',
] as const satisfies readonly AccessSettings['become'][];
const HOST_KEY = [
  'ask',
  'strict',
  'accept-new',
] as const satisfies readonly AccessSettings['hostKey'][];

type Actions = Pick<SessionActions, 'setAccess' | 'compareHostKeys' | 'loadHostKeyList'>;

/** Text that is itself lines of keys, not the name of a file with them. */
const isKeys = (text: string): boolean => /SHA256:|\bAAAA[A-Za-z0-9+/]{20}/.test(text);

/** The settings of the Access step, and the list of keys to compare new ones with. */
export function accessFields(
  access: AccessSettings,
  keyList: SessionState['hostKeyList'],
  busy: boolean,
  actions: Actions,
): readonly FormField[] {
  const set = actions.setAccess;
  const take = (change: Partial<AccessSettings>): string | undefined => {
    set(change);
    return busy ? 'Not taken while something runs: wait for it or stop it, or Esc.' : undefined;
  };
  return [
    {
      kind: 'text',
      id: 'user',
      label: 'Log in as',
      value: access.user,
      placeholder: 'what the SSH configuration says',
      help: 'For nodes that name no user themselves.',
      onCommit: (text) => take({ user: text.trim() }),
    },
    {
      kind: 'text',
      id: 'identity',
      label: 'Key files',
      value: access.identityFiles.join(', '),
      placeholder: 'the agent and the usual files',
      help: 'Private keys to log in with, with commas between them. Paths only.',
      onCommit: (text) =>
        take({
          identityFiles: text
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== ''),
        }),
    },
    {
      kind: 'choice',
      id: 'become',
      label: 'Become root',
      value: access.become,
      choices: BECOME,
      help: 'auto: sudo or doas without a password. Where sudo asks for one, choose sudo.',
      onChoose: (value) => {
        set({ become: BECOME.find((known) => known === value) ?? 'auto' });
      },
    },
    {
      kind: 'choice',
      id: 'hostKey',
      label: 'New host keys',
      value: access.hostKey,
      choices: HOST_KEY,
      help: 'ask shows each new key; strict refuses them; accept-new takes them unseen.',
      onChoose: (value) => {
        set({ hostKey: HOST_KEY.find((known) => known === value) ?? 'ask' });
      },
    },
    {
      kind: 'text',
      id: 'keyList',
      label: 'Known host keys',
      value: keyList?.source ?? '',
      placeholder: 'a file with fingerprints, or paste its lines',
      help: 'New keys are compared with it: lines of ssh-keygen -lf, or SHA256:… and a name.',
      onCommit: (text) => {
        if (text.trim() === '' || isKeys(text)) actions.compareHostKeys(text);
        else void actions.loadHostKeyList(text.trim());
        return undefined;
      },
      onPasteLines: actions.compareHostKeys,
    },
  ];
}
