import { homedir, userInfo } from 'node:os';

/** Who runs this process. */
export type LocalUser = { readonly username: string; readonly homedir: string };

let known: LocalUser | undefined;

/** Who runs this process. Asked once: Node reads the user database anew each time, a fleet asks for each path. */
export const localUser = (): LocalUser => (known ??= askSystem());

/** In a container the user's number often has no line in the user database: then as its environment says. */
function askSystem(): LocalUser {
  try {
    return userInfo();
  } catch {
    const { USER, LOGNAME } = process.env;
    const named = [USER, LOGNAME].find((name) => name !== undefined && name !== '');
    return { username: named ?? String(process.getuid?.() ?? ''), homedir: homeFolder() };
  }
}

/** The home folder, of the environment or else of the user database; the root where neither has one. */
export function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}
