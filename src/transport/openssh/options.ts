import type { SshOptions } from '../ssh/options.js';

/** What the user's own ssh is started with, besides what ssh2 would need. It reads no environment and no arguments. */
export type OpenSshOptions = SshOptions & {
  /** Absolute path of the ssh command. */
  readonly ssh: string;
  /** As `ssh -F`; undefined: the user's and the system's own configuration. */
  readonly config: string | undefined;
  /** As `ssh -i`; what the configuration names comes besides. */
  readonly identities: readonly string[];
  /** For ssh and the programs that it starts (agents, tokens, Kerberos). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where private folders may be made, best first: $XDG_RUNTIME_DIR, the folder for temporary files. */
  readonly runtimeFolders: readonly string[];
};
