import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2';
import type { ConnectError } from '../../domain/errors.js';
import { visibleLine } from '../../domain/visible.js';
import { connectError } from './errors.js';
import type { Ask, KeyRing } from './key-ring.js';
import { agentOffer, fileOffer, interactiveOffer, passwordOffer, type Offer } from './offers.js';
import type { SshOptions, Target } from './options.js';
import { fingerprintOf } from './wire.js';

/** OpenSSH's server closes at its sixth failure (MaxAuthTries) and may penalise the address. */
const MAX_ATTEMPTS = 5;

/** One login at one server. */
export type Login = {
  readonly handler: AuthHandlerMiddleware;
  /** After success: the method, and the key's fingerprint. */
  readonly record: () => { readonly authMethod: string; readonly authKey?: string };
  readonly failure: () => ConnectError;
};

export type LoginEvents = {
  /** The server has answered and is to be answered. */
  readonly onStep: () => void;
  /** Nobody answers an interactive prompt: the connection has to be closed. */
  readonly onGiveUp: () => void;
};

/**
 * Tries in this order: keys of the agent that are also configured, its other keys, key files without and with a
 * passphrase, keyboard-interactive, password.
 */
export function createLogin(
  options: SshOptions,
  ring: KeyRing,
  target: Target,
  where: string,
  ask: Ask,
  events: LoginEvents,
): Login {
  const tried: string[] = [];
  const notes: string[] = [];
  let offers: Offer[] | null = null;
  let current: Offer | null = null;
  let attempts = 0;
  let serverMethods: readonly string[] = [];
  const none: AnyAuthMethod = { type: 'none', username: target.user };

  const nextMethod = async (): Promise<AnyAuthMethod | false> => {
    offers ??= await listOffers(options, ring, target, where, ask, notes, () => {
      notes.push('keyboard-interactive was declined');
      events.onGiveUp();
    });
    for (let offer = offers.shift(); offer !== undefined; offer = offers.shift()) {
      if (!serverMethods.includes(offer.method)) continue;
      if (attempts >= MAX_ATTEMPTS) {
        notes.push(
          `stopped after ${String(MAX_ATTEMPTS)} attempts, before the server locks us out`,
        );
        return false;
      }
      const method = await offer.prepare();
      if (method === null) {
        notes.push(`${offer.label} was declined or not opened`);
        continue;
      }
      attempts += 1;
      current = offer;
      tried.push(offer.label);
      return method;
    }
    return false;
  };

  const step = async (left: readonly string[] | null): Promise<AnyAuthMethod | false> => {
    events.onStep();
    if (left === null && serverMethods.length === 0 && attempts === 0) return none;
    if (current?.signed === true) {
      // ssh2 does not hand on what the server said to an agent's signature (it may be half content): ask it again.
      current = null;
      attempts += 1;
      return none;
    }
    serverMethods = left ?? [];
    return nextMethod();
  };

  return {
    handler: (left: readonly string[] | null, _partial, next) => {
      // The types of ssh2 lack `false`: nothing more to try.
      const go = next as unknown as (method: AnyAuthMethod | false) => void;
      step(left).then(go, () => {
        go(false);
      });
    },
    record: () => ({
      authMethod: current?.method ?? 'none',
      ...(current?.key === undefined ? {} : { authKey: current.key }),
    }),
    failure: () => failureOf(target, where, { tried, notes, serverMethods }),
  };
}

async function listOffers(
  options: SshOptions,
  ring: KeyRing,
  target: Target,
  where: string,
  ask: Ask,
  notes: string[],
  onDeclined: () => void,
): Promise<Offer[]> {
  const agent = await ring.agentKeys();
  const { files, notes: fileNotes } = await ring.files();
  notes.push(...agent.notes, ...fileNotes);
  const held = new Set(agent.keys.map((key) => fingerprintOf(key.blob)));
  const socket = options.agentSocket ?? '';
  let passwordWasAsked = false;
  const password = passwordOffer(target.user, where, ask);
  return [
    ...agent.keys.map((key) => agentOffer(socket, key, target.user)),
    ...files
      .map((file) => fileOffer(ring, file, target.user, ask))
      .filter((offer) => offer.key === undefined || !held.has(offer.key)),
    interactiveOffer(
      target.user,
      ask,
      () => {
        passwordWasAsked = true;
      },
      onDeclined,
    ),
    {
      ...password,
      prepare: () => (passwordWasAsked ? Promise.resolve(null) : password.prepare()),
    },
  ];
}

function failureOf(
  target: Target,
  where: string,
  log: {
    readonly tried: readonly string[];
    readonly notes: readonly string[];
    readonly serverMethods: readonly string[];
  },
): ConnectError {
  const offered = log.tried.length === 0 ? 'nothing could be offered' : log.tried.join(', ');
  const methods = log.serverMethods.join(', ') || 'none that we know';
  const notes = log.notes.length === 0 ? '' : `; ${log.notes.join('; ')}`;
  const text = visibleLine(
    `${where}: no login as ${target.user} (tried: ${offered}; the server takes: ${methods}${notes})`,
    700,
  );
  const tooMany = log.notes.some((note) => note.startsWith('stopped after'));
  return connectError(
    'auth-failed',
    text,
    tooMany
      ? 'Name the right key with --identity and set IdentitiesOnly, so that the agent offers it alone.'
      : 'Load the right key with ssh-add or name it with --identity, and check the user name.',
  );
}
