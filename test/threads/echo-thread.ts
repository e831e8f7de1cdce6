import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';

/** Sends back what it was started with. */
interface Given {
  word: string;
}

const { word } = workerData as Given;
parentPort?.postMessage({
  word,
  env: { ...process.env },
  heapMegabytes: getHeapStatistics().heap_size_limit / 2 ** 20,
});
