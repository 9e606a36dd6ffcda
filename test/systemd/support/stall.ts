// Loaded into the service itself (NODE_OPTIONS=--import): on SIGUSR2 its event loop stands still, while the process and its
// other threads live on. For a minute at most, where nobody ends it.
const stallMs = 60_000;

process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
});
