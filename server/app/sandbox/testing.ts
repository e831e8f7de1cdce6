/** The whole platform in a test's own process, on a clock that the test moves; published as `tierline/testing`. */

export { type SandboxInfo, type SandboxOptions, startSandbox } from './sandbox.ts';
