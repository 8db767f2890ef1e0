/** How loud a stream is, a few times a second. Never touches the stream itself. */

const FLOOR_DB = -60; // a quiet room; anything below draws no bar
const EVERY_MS = 200; // enough to see that one is heard; every step redraws a part of the page

/** Tells the level, 0..1, until the result is called. */
export function meter(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(loudness(samples));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Root mean square of samples, as a part of the range from a quiet room to full scale. */
export function loudness(samples: Float32Array): number {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const db = 10 * Math.log10(square || 1e-12);
  return Math.max(0, Math.min(1, 1 - db / FLOOR_DB));
}
