import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// In a clone `npm install` turns the hooks on; in a package or an archive without git there is nothing to turn on.
if (existsSync('.git')) {
  try {
    execFileSync('git', ['config', 'core.hooksPath', '.githooks'], { stdio: 'ignore' });
  } catch {
    // No git on this machine: then nobody commits here either.
  }
}
