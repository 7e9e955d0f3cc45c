/** A process that prints the MiB that its heap may take, the nursery included, and its arenas of `malloc`. */
import { getHeapStatistics } from 'node:v8';

const heap = getHeapStatistics().heap_size_limit / 2 ** 20;
process.stdout.write(JSON.stringify({ heap, arenas: process.env['MALLOC_ARENA_MAX'] }));
