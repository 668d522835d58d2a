/** What is told to a breakage's shell text: names of nodes of the lab, and the node's own address. */
export type Names = { readonly own: string; readonly other: string; readonly address: string };

/** Shell text for root on the node. `other` is the name of another node of the lab. */
export type Breakage = {
  readonly what: string;
  /**
   * The checks that then no longer pass and pass again once mended, each with words that its finding must hold, so
   * that one broken thing is not taken for another. None where nothing is judged any more.
   */
  readonly breaks: Readonly<Record<string, string>>;
  /** Mended, the checks may also be not-applicable or unknown, as they are on a fresh node. */
  readonly mayRest?: true;
  /** It takes two nodes that are broken alike. */
  readonly onTwo?: true;
  /** It needs a lab with the programs of packages.ts. */
  readonly packages?: true;
  /** The stage that it stands on, see stages.ts. */
  readonly stage?: string;
  /** What of it is not the real thing, in a few words. */
  readonly standIn?: string;
  readonly script: (names: Names) => string;
  /** After it the checks pass, whatever the node was like before. */
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

/** Said of units that have the name alone. */
export const NAME_ALONE = 'a unit of that name that does nothing';

/** Where breakages keep what they mount over the files of the kernel. */
export const STAGE_DIR = '/run/lab-stage';

/** Shell text that hides a folder of the kernel behind an empty one. */
export const hide = (path: string): string => `mount -t tmpfs -o mode=0755 lab-stage ${path}`;
/** Shell text that shows again what `hide` or `show` covered. */
export const uncover = (path: string): string =>
  `while grep -qE ' /lab-stage/[^ ]+ ${path} | ${path} [^-]*- tmpfs lab-stage ' /proc/self/mountinfo; do umount ${path} || exit 1; done`;
/** The same of whole trees that `mount --rbind` brought, in this order, though services that started meanwhile hold them. */
export const uncoverAll = (...paths: readonly string[]): string =>
  `for at in ${paths.join(' ')}; do ! grep -q " $at [^-]*- tmpfs lab-stage " /proc/self/mountinfo || umount -l $at || exit 1; done`;
/** Shell text that shows a text in place of a file of the kernel. The command prints the text. */
export const show = (path: string, command: string): string => {
  const copy = `${STAGE_DIR}/${path.slice(1).replaceAll('/', '-')}`;
  return `mkdir -p ${STAGE_DIR} && { ${command}; } > ${copy} && mount --bind ${copy} ${path}`;
};

/** Shell text that deletes an interface if it is there. */
export const unlink = (name: string): string =>
  `! [ -e /sys/class/net/${name} ] || ip link delete ${name}`;
