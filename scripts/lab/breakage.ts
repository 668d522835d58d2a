/** What is told to a breakage's shell text: names of nodes of the lab. */
export type Names = { readonly own: string; readonly other: string };

/** Shell text for root on the node. `other` is the name of another node of the lab. */
export type Breakage = {
  readonly what: string;
  /** The check that then no longer passes, and passes again once mended; null where nothing is judged any more. */
  readonly check: string | null;
  readonly script: (names: Names) => string;
  /** After it the check passes, whatever the node was like before. */
  readonly mend: (names: Names) => string;
};

export type Breakages = Readonly<Record<string, Breakage>>;

/** Shell text that writes a file and the folder it is in. The content holds no single quote. */
export const write = (path: string, content: string): string =>
  `mkdir -p ${path.slice(0, path.lastIndexOf('/'))} && printf '%s\\n' '${content}' > ${path}`;

/**
 * Sets a sysctl of the node's network namespace. The node's own /proc/sys is read-only; a fresh proc is not, and below
 * net/ it shows the namespace of the process that looks.
 */
export const setNet = (key: string, value: string): string =>
  `mkdir -p /run/lab-proc && mount -t proc proc /run/lab-proc && echo ${value} > /run/lab-proc/sys/net/${key}; code=$?; umount /run/lab-proc; (exit $code)`;
