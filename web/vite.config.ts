import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const SERVER = "http://127.0.0.1:8710";

export default defineConfig({
  plugins: [svelte()],
  build: { outDir: "../voiceassist/web", emptyOutDir: true, target: "es2022", cssTarget: ["chrome123", "firefox120", "safari17.5"] },
  server: {
    proxy: {
      "/api": { target: SERVER, ws: true },
      "/ingest": { target: SERVER, ws: true },
      "/whip": { target: SERVER },
    },
  },
  test: { include: ["test/**/*.test.ts"] },
});
