/** What ssh said of one connection in its own log: nothing here is from the server's mouth alone. */
export type Facts = {
  readonly address: string | undefined;
  readonly serverVersion: string | undefined;
  readonly algorithms: Readonly<Record<string, string>>;
  readonly hostKey: { readonly type: string; readonly fingerprint: string } | undefined;
  /** How ssh came to trust the key, when it says so. */
  readonly trustedBy: string | undefined;
  readonly authMethod: string | undefined;
  readonly authKey: string | undefined;
};

/** A word of a log is never longer. */
const word = (text: string | undefined): string | undefined => text?.slice(0, 200);

/** Reads the log of ssh at LogLevel DEBUG1 (OpenSSH 7.9 to 10); what is not said is left out. */
export function readFacts(log: string): Facts {
  const first = (pattern: RegExp): string | undefined => word(pattern.exec(log)?.[1]);
  const key =
    /^debug1: Server host (?:key|certificate): ([a-z0-9@.-]+) (SHA256:[A-Za-z0-9+/]+)/m.exec(log);
  const done = first(/^Authenticated to .* using "([a-z0-9-]+)"/m);
  const partial = [...log.matchAll(/^Authenticated using "([a-z0-9-]+)" with partial/gm)];
  const methods = done === undefined ? undefined : [...partial.map(([, how]) => how), done];
  return {
    // Of several addresses of a name the one that let us in; through a jump host there is none.
    address: first(/^Authenticated to \S+ \(\[([0-9a-fA-F.:%\w]+)\]:\d+\) using /m),
    serverVersion: first(/^debug1: Remote protocol version \S+, remote software version (.+)$/m),
    algorithms: algorithmsOf(log),
    hostKey: key === null ? undefined : { type: key[1] ?? '', fingerprint: key[2] ?? '' },
    trustedBy: trustOf(log),
    authMethod: methods?.join(','),
    authKey: methods?.includes('publickey') === true ? acceptedKey(log) : undefined,
  };
}

/** The last that the server said yes to, before the signature. */
const acceptedKey = (log: string): string | undefined =>
  [...log.matchAll(/^debug1: Server accepts key: .* (SHA256:[A-Za-z0-9+/]+)/gm)].at(-1)?.[1];

function algorithmsOf(log: string): Readonly<Record<string, string>> {
  const ciphers = (way: string): RegExpExecArray | null =>
    new RegExp(`^debug1: kex: ${way} cipher: (\\S+) MAC: (\\S+)`, 'm').exec(log);
  const out = ciphers('client->server');
  const into = ciphers('server->client');
  const found = {
    kex: /^debug1: kex: algorithm: (\S+)/m.exec(log)?.[1],
    serverHostKey: /^debug1: kex: host key algorithm: (\S+)/m.exec(log)?.[1],
    'cipher-out': out?.[1],
    'cipher-in': into?.[1],
    'mac-out': out?.[2],
    'mac-in': into?.[2],
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value.slice(0, 64)]],
    ),
  );
}

function trustOf(log: string): string | undefined {
  const found = /^debug1: Found (CA key|certificate|key) in (.{1,300}):(\d+)$/m.exec(log);
  if (found !== null) {
    const at = `${found[2] ?? ''}:${found[3] ?? ''}`;
    if (at.startsWith('KnownHostsCommand')) return 'KnownHostsCommand';
    return found[1] === 'key' ? at : `${at} (@cert-authority)`;
  }
  return log.includes('Warning: Permanently added') ? 'accept-new' : undefined;
}

/** How often the server has said no; its first list of methods answers no attempt, and half a success is none. */
export const refusalsIn = (log: string): number =>
  countOf(log, 'debug1: Authentications that can continue:') -
  countOf(log, 'with partial success') -
  1;

const countOf = (log: string, words: string): number => log.split(words).length - 1;

/** Whether the log has come to the login: from then on the time-outs of the login count. */
export const isLoggingIn = (log: string): boolean =>
  log.includes('SSH2_MSG_SERVICE_ACCEPT received');
