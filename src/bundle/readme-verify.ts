import { NAMESPACE } from './sshsig.js';
import { VERIFY_SCRIPT } from './verify-script.js';

/** What a receiver needs who has never seen this tool. */
export const readmeVerify = (root: string): string => `This is a readiness bundle of calico-ready.

To verify it you need tar, ssh-keygen (OpenSSH 8.1 or newer) and sha256sum, and the sender's public key,
which you must have from the sender over another channel. Do not trust a key inside this archive.

1. Write a line for the sender into a file, for example allowed_signers:

     alice@example.org namespaces="${NAMESPACE}" ssh-ed25519 AAAA...

2. Unpack into an empty folder and check the signature over the list of files:

     mkdir x && tar -xzf BUNDLE.tar.gz -C x && cd x/${root}
     ssh-keygen -Y verify -f ../../allowed_signers -I alice@example.org -n ${NAMESPACE} \\
       -s SHA256SUMS.sig < SHA256SUMS

3. Check every file against the list, and that no other file is there:

     sha256sum -c SHA256SUMS
     find . -type f

If you do not know the key yet, this prints its fingerprint, to be compared by phone:

     ssh-keygen -Y check-novalidate -n ${NAMESPACE} -s SHA256SUMS.sig < SHA256SUMS

The files in nodes/*/stdout and nodes/*/stderr are what the nodes printed, byte for byte. Look at them with
"cat -v" or "less": a node may have printed control characters.

What the signature says: nothing was changed since it was made, and who vouches for it. It does not say that
a node told the truth, nor when it was made.

The same as a script, verify.sh BUNDLE.tar.gz ALLOWED_SIGNERS WHO:

${VERIFY_SCRIPT}`;
