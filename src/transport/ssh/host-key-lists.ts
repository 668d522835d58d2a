import type { Client } from 'ssh2';

/** After the login OpenSSH's server tells all its host keys (PROTOCOL of OpenSSH, 2.5). */
const LIST = 'hostkeys-00@openssh.com';

type Handler = (protocol: Answering, name: string, wantReply: boolean, data: unknown) => void;
type Answering = { readonly requestSuccess: () => void };
type Internals = { readonly _protocol?: { readonly _handlers?: { GLOBAL_REQUEST?: Handler } } };

/**
 * ssh2 asks the server to prove the keys of that list: a signature for each, that both sides pay for at each login.
 * Nobody reads the list, for known_hosts is never rewritten (UpdateHostKeys no). ssh2 has no option for it; where its
 * inside looks otherwise, it asks as before.
 */
export function ignoreHostKeyLists(client: Client): void {
  const handlers = (client as unknown as Internals)._protocol?._handlers;
  const handle = handlers?.GLOBAL_REQUEST;
  if (handlers === undefined || handle === undefined) return;
  handlers.GLOBAL_REQUEST = (protocol, name, wantReply, data) => {
    if (name !== LIST) handle(protocol, name, wantReply, data);
    else if (wantReply) protocol.requestSuccess();
  };
}
