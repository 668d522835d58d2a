import { nodeAt } from '../ssh/rig.js';
import { openRig } from './rig.js';

// Opens a session and stays until it is killed: what is then left behind is looked at from outside.
const [, , folder = '', key = '', port = '', user = ''] = process.argv;
const session = await openRig(folder, { identityFiles: [key] }).open(nodeAt(Number(port), user));
console.log(session.peer.transport);
setInterval(() => undefined, 60_000);
