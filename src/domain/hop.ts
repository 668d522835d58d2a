/** Where a jump host is, as far as it was written. */
export type WrittenHop = {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
};

/** Reads `[user@]host[:port]` with IPv6 in brackets; null for what cannot be one. Whether host and user may be used is not asked here. */
export function readHop(text: string): WrittenHop | null {
  const match = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (host === undefined) return null;
  return {
    host,
    ...(match?.[1] === undefined ? {} : { user: match[1] }),
    ...(match?.[4] === undefined ? {} : { port: Number(match[4]) }),
  };
}
