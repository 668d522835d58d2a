import { userInfo, type UserInfo } from 'node:os';

let known: UserInfo<string> | undefined;

/** Who runs this process. Asked once: Node reads the user database anew each time, a fleet asks for each path. */
export const localUser = (): UserInfo<string> => (known ??= userInfo());
