import type { ListeningSocket, ListeningSockets } from '../probes/listening-sockets.js';

// As the kernel keeps names: 15 characters.
const CALICO = [
  'bird',
  'bird6',
  'calico-node',
  'calico-felix',
  'calico-typha',
  'calico-bgp-daem',
  'felix',
  'typha',
];

export const isCalico = (process: string): boolean => CALICO.includes(process);

/** The sockets that have taken this port. */
export const holdersOf = (
  { sockets }: ListeningSockets,
  protocol: string,
  port: number,
): readonly ListeningSocket[] =>
  sockets.filter((socket) => socket.protocol === protocol && socket.port === port);

/** Names of the processes of these sockets, each once. */
export const namesOf = (sockets: readonly ListeningSocket[]): readonly string[] => [
  ...new Set(sockets.flatMap(({ processes }) => processes)),
];

export const NAMES_NEED_ROOT =
  'Run ss -lntup as root on the node, or audit it with root: the names of processes need it.';
