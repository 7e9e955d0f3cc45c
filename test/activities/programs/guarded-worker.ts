/** Starts a program as `command` does, prints its process id, and waits to be killed. */
import { spawn } from 'node:child_process';
import { guardProcessGroup } from '../../../activities/programs/guard-process-group.ts';

// A shell that waits for another program: both are of the group.
const child = spawn('/bin/sh', ['-c', 'sleep 600; true'], { detached: true, stdio: 'ignore' });
if (child.pid === undefined) throw new Error('There is no /bin/sh.');
const callOff = guardProcessGroup(child.pid);
if (process.argv[2] === 'call-off') callOff();
process.stdout.write(`${child.pid}\n`);
setInterval(() => {}, 60_000);
