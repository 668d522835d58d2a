import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2';
import type { ConnectError } from '../../domain/errors.js';
import { loginFailure, passwordExpired, type LoginLog } from './auth-failure.js';
import { interactiveOffer } from './interactive-offer.js';
import type { Ask, KeyRing } from './key-ring.js';
import { agentOffer, fileOffer, passwordOffer, type Offer, type OfferContext } from './offers.js';
import type { SshOptions, Target } from './options.js';
import { fingerprintOf } from './wire.js';

/** OpenSSH's server closes at its sixth failure (MaxAuthTries) and may penalise the address. */
const MAX_ATTEMPTS = 5;

/** One login at one server. */
export type Login = {
  readonly handler: AuthHandlerMiddleware;
  /** After success: the methods, as sshd's AuthenticationMethods joins them, and the key's fingerprint. */
  readonly record: () => { readonly authMethod: string; readonly authKey?: string };
  readonly failure: () => ConnectError;
};

export type LoginEvents = {
  /** The server has answered and is to be answered. */
  readonly onStep: () => void;
  /** Nobody answers an interactive prompt, or what it asks for is not done: the connection has to be closed. */
  readonly onGiveUp: () => void;
  /** Runs while the server's time-out stands still. */
  readonly patiently: OfferContext['patiently'];
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
  const log: LoginLog = {
    tried: [],
    notes: [],
    needsOpenSsh: [],
    serverMethods: [],
    untried: 0,
    expired: false,
  };
  const context: OfferContext = {
    username: target.user,
    where,
    ask,
    patiently: events.patiently,
    note: (text) => log.notes.push(text),
  };
  let offers: Offer[] | null = null;
  let current: Offer | null = null;
  const passed: Offer[] = [];
  let attempts = 0;
  const none: AnyAuthMethod = { type: 'none', username: target.user };

  const nextMethod = async (): Promise<AnyAuthMethod | false> => {
    offers ??= await listOffers(options, ring, context, log, events.onGiveUp);
    // What the server does not take now stays: it may want it after another method (AuthenticationMethods).
    for (let offer = takeNext(offers, log); offer !== undefined; offer = takeNext(offers, log)) {
      // Nobody is asked for a password here while the user's own ssh has a key left for the server to look at.
      if (options.sshStandsBy === true && offer.method !== 'publickey' && keysAreLeft(log))
        return false;
      if (attempts >= MAX_ATTEMPTS) {
        log.untried = 1 + offers.filter(({ method }) => method === 'publickey').length;
        return false;
      }
      const method = await offer.prepare();
      if (method === null) continue;
      attempts += 1;
      current = offer;
      log.tried.push(offer.label);
      return method;
    }
    log.needsOpenSsh.push(...foreignMethods(log));
    return false;
  };

  const step = async (
    left: readonly string[] | null,
    partial: boolean | null,
  ): Promise<AnyAuthMethod | false> => {
    events.onStep();
    if (left === null && log.serverMethods.length === 0 && attempts === 0) return none;
    if (current?.signed === true) {
      // ssh2 does not hand on what the server said to an agent's signature (it may be half content): ask it again.
      attempts += 1;
      current.signed = false;
      passed.push(current);
      current = null;
      return none;
    }
    const now = left ?? [];
    if (partial === true && current !== null) passed.push(current);
    // The signature was refused after all: else its method would have been done with.
    else if (passed.at(-1)?.method === 'publickey' && now.includes('publickey')) passed.pop();
    log.serverMethods = now;
    return nextMethod();
  };

  return {
    handler: (left: readonly string[] | null, partial, next) => {
      // The types of ssh2 lack `false`: nothing more to try.
      const go = next as unknown as (method: AnyAuthMethod | false) => void;
      step(left, partial).then(go, () => {
        go(false);
      });
    },
    record: () => {
      const done = current === null ? passed : [...passed, current];
      const key = done.find((offer) => offer.key !== undefined)?.key;
      return {
        authMethod: done.map(({ method }) => method).join(',') || 'none',
        ...(key === undefined ? {} : { authKey: key }),
      };
    },
    failure: () =>
      log.expired ? passwordExpired(where, target.user) : loginFailure(where, target.user, log),
  };
}

function takeNext(offers: Offer[], { serverMethods }: LoginLog): Offer | undefined {
  const at = offers.findIndex(
    ({ method, isMoot }) => serverMethods.includes(method) && isMoot?.() !== true,
  );
  return at < 0 ? undefined : offers.splice(at, 1)[0];
}

const keysAreLeft = ({ needsOpenSsh, serverMethods }: LoginLog): boolean =>
  needsOpenSsh.length > 0 && serverMethods.includes('publickey');

const OURS: readonly string[] = ['publickey', 'keyboard-interactive', 'password'];

/** What a server takes that is nothing ssh2 has, as gssapi-with-mic. */
const foreignMethods = ({ serverMethods }: LoginLog): readonly string[] =>
  serverMethods.length === 0 || serverMethods.some((method) => OURS.includes(method))
    ? []
    : [`logging in by ${serverMethods.join(', ')}`];

async function listOffers(
  options: SshOptions,
  ring: KeyRing,
  context: OfferContext,
  log: LoginLog,
  onGiveUp: () => void,
): Promise<Offer[]> {
  const agent = await ring.agentKeys();
  const files = await ring.files();
  log.notes.push(...agent.notes, ...files.notes);
  log.needsOpenSsh.push(...agent.needsOpenSsh, ...files.needsOpenSsh);
  const socket = options.agentSocket ?? '';
  const held = new Map(
    agent.keys.map((key) => [fingerprintOf(key.blob), agentOffer(socket, key, context)]),
  );
  let passwordWasAsked = false;
  const interactive = interactiveOffer(context, {
    onPassword: () => {
      passwordWasAsked = true;
    },
    onDeclined: () => {
      context.note('keyboard-interactive was declined');
      onGiveUp();
    },
    onExpired: () => {
      log.expired = true;
      onGiveUp();
    },
  });
  return [
    ...held.values(),
    ...files.files.map((file): Offer => {
      const offer = fileOffer(ring, file, context);
      // What the server refused from the agent it refuses from the file; what the agent would not sign, the file may.
      const same = held.get(offer.key ?? '');
      return { ...offer, isMoot: () => same !== undefined && same.unsigned !== true };
    }),
    interactive,
    { ...passwordOffer(context), isMoot: () => passwordWasAsked },
  ];
}
