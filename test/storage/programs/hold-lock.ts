import { lockFolder } from '../../../server/platform/storage/embedded/folder-lock.ts';

/** Takes the folder named in the first argument, says how that went, and holds it until it is killed or told to end. */
try {
  const lock = await lockFolder(process.argv[2] ?? '');
  console.log('got');
  process.stdin.once('data', () => {
    lock.release();
    process.exit(0);
  });
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error));
}
