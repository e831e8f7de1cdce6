import { parentPort, resourceLimits, workerData } from 'node:worker_threads';

/** Sends back what it was started with. */
interface Given {
  word: string;
}

const { word } = workerData as Given;
parentPort?.postMessage({ word, env: { ...process.env }, heapMegabytes: resourceLimits.maxOldGenerationSizeMb });
