import { InputError } from '../../domain/errors.js';
import type { InventoryNode } from '../../domain/inventory.js';
import { visibleLine } from '../../domain/visible.js';
import type { Place } from './placed.js';

// What may stand in a host or user (security.md B4): the same text may reach the user's own ssh.
const HOST = /^[A-Za-z0-9_.:%-]{1,255}$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/;
const ARGUMENT =
  /^(?:([^@\s]{1,64})@)?(?:\[([^\][\s]{1,255})\]|([^\s:[\]]{1,255}|[^\s[\]]*:[^\s[\]]*:[^\s[\]]*))(?::(\d{1,5}))?$/;

const EXAMPLE = 'Write it as [user@]host[:port], with an IPv6 address in brackets.';

export const isHost = (text: string): boolean => HOST.test(text) && !text.startsWith('-');
export const isUser = (text: string): boolean => USER.test(text);
export const isPort = (port: number): boolean =>
  Number.isInteger(port) && port >= 1 && port <= 65535;

/** Whether a jump host is written as `[user@]host[:port]`: the text may reach the user's own ssh. */
export function isHop(text: string): boolean {
  try {
    parseNodeArgument(text.trim(), () => '');
    return true;
  } catch {
    return false;
  }
}

/** Reads `[user@]host[:port]`. Throws InputError that begins with `place`. */
export function parseNodeArgument(text: string, place: Place): InventoryNode {
  const refuse = (why: string): InputError =>
    new InputError(`${place()}: "${visibleLine(text, 60)}" ${why}.`, EXAMPLE);
  const match = ARGUMENT.exec(text);
  if (match === null) throw refuse('is not a node');
  const [, user, bracketed, plain, portText] = match;
  const host = bracketed ?? plain ?? '';
  if (!isHost(host)) throw refuse('has a host name with characters that no host name has');
  if (user !== undefined && !isUser(user))
    throw refuse('has a user name with characters that no user name has');
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && !isPort(port)) throw refuse('has a port outside 1 to 65535');
  return {
    name: host,
    host,
    roles: [],
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
  };
}
