import type { PeerRecord } from '../../domain/evidence.js';
import { reasonCode } from '../../domain/reason.js';
import { sessionFacts } from '../../domain/session-record.js';
import type { NodeAccess } from '../../session/state.js';
import { line, type Line, type Tone } from '../text.js';

const WORD: Readonly<Record<NodeAccess['phase'], { readonly text: string; readonly tone: Tone }>> =
  {
    untried: { text: 'not tried', tone: 'dim' },
    connecting: { text: 'connecting', tone: 'accent' },
    open: { text: 'open', tone: 'good' },
    'host-key': { text: 'new key', tone: 'warn' },
    failed: { text: 'failed', tone: 'bad' },
  };

export const accessState = (access: NodeAccess): { readonly text: string; readonly tone: Tone } =>
  access.phase === 'host-key' && access.listed === 'agrees'
    ? { text: 'on list', tone: 'good' }
    : WORD[access.phase];

/** One line for the table. */
export function accessDetail(access: NodeAccess): string {
  switch (access.phase) {
    case 'untried':
    case 'connecting':
      return '';
    case 'open':
      return access.privilege;
    case 'host-key':
      // The fingerprint alone: whole, it just fits at 80 columns. Its type is in the lines below the table.
      return access.accepted ? 'accepted, connecting' : access.key.fingerprint;
    case 'failed':
      return access.reason;
  }
}

/** What the bundle will say of the session, as far as it is known before the survey. */
function recordLines(peer: PeerRecord): readonly Line[] {
  const facts = sessionFacts(peer);
  return [
    ['Host key trusted by', facts['host-key-trusted-by']],
    ['Key exchange', facts['key-exchange']],
    ['SSH server', facts['ssh-server']],
  ].flatMap(([label, words]) =>
    label === undefined || words === undefined ? [] : [line(`${label}: ${words}`, 'dim')],
  );
}

function openLines({ peer, privilege }: Extract<NodeAccess, { phase: 'open' }>): readonly Line[] {
  const { user, host, port, address, authMethod } = peer;
  const login = user === undefined ? '' : `${user}@`;
  const at = `${login}${host}${port === undefined ? '' : `:${String(port)}`}`;
  return [
    line(`Open: ${at}${address === undefined ? '' : ` (${address})`}, ${privilege}.`),
    ...(/sudo asks for a password/.test(privilege)
      ? [line('Next step: set Become root to sudo; its password is asked for once.', 'warn')]
      : []),
    ...(authMethod === undefined ? [] : [line(`Logged in with ${authMethod}.`, 'dim')]),
    ...recordLines(peer),
  ];
}

/** All there is to say of the node with the pointer. */
export function accessLines(access: NodeAccess): readonly Line[] {
  switch (access.phase) {
    case 'untried':
      return [line('Not tried yet.', 'dim')];
    case 'connecting':
      return [line('Connecting.', 'dim')];
    case 'open':
      return openLines(access);
    case 'host-key': {
      const { key } = access;
      return [
        line(
          `${key.host}:${String(key.port)} shows a ${key.type} key that known_hosts does not hold:`,
        ),
        line(key.fingerprint, 'accent'),
        access.listed === 'agrees'
          ? line('It is on your list of keys.', 'good')
          : line(
              `${access.listed === undefined ? '' : 'Not on your list. '}Compare it on its console: ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub`,
              'dim',
            ),
      ];
    }
    case 'failed':
      return [
        line(access.reason, 'bad'),
        line(`Next step: ${access.nextStep}`),
        ...(reasonCode(access.reason) === 'auth-failed'
          ? [
              line(
                'Here: Up to the settings, Log in as and Key files; then r connects again.',
                'dim',
              ),
            ]
          : []),
      ];
  }
}
