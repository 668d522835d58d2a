/** sh that sets `release` to what `uname -r` prints; the kernel's own file needs no process. */
export const READ_RELEASE =
  'read -r release 2>/dev/null </proc/sys/kernel/osrelease || release=$(uname -r)';
